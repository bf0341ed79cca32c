/* model_presses.c - ten thousand calls that ring three phones at once, on the real store and
 * through the engine's batches: two or three people press 1 in the same millisecond, in one batch
 * or in neighbouring ones, in any order, some of it twice. Each call has one winner, in every
 * answer and on every record, and the others hear who it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_run.h"
#include "river/apply.h"

enum {
    FLEET = 50,
    PHONES = 3,
    OVERLAP_S = 5,
    FLEETS = 400,
    TENANTS = 16,
    PRESSES_MAX = FLEET * PHONES * 3,
    BATCHES_MAX = 3
};
#define LINE "+13125550100"
#define START INT64_C(1773057600000)

struct call {
    char sid[40], from[LIMIT_NUMBER_SIZE], legs[PHONES][40];
    int64_t cascade;
    int order[PHONES], pressing; /* who presses 1, by his rung */
    int winner;                  /* rung, -1 before */
    int connects, refusals;      /* answers */
    int rows, accepts, texts;    /* on record */
};

struct press {
    struct call *call;
    int rung;
};

static struct {
    struct apply apply;
    struct arena *arena;
    struct book *book;
    int32_t tenants[TENANTS], tenant;
    const struct roster *roster;
    int64_t now_ms;
    char folder[64], path[96];
    struct dice dice;
    struct call calls[FLEET];
    struct press presses[PRESSES_MAX];
    size_t press_count;
    uint64_t told, together, apart, batches;
} model;

/* ---- the business ---- */

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static struct roster_operator people[PHONES] = {
    {.id = "anna", .name = "Anna", .phone = "+13125550111", .zone = &utc},
    {.id = "ben", .name = "Ben", .phone = "+13125550112", .zone = &utc},
    {.id = "cleo", .name = "Cleo", .phone = "+13125550113", .zone = &utc},
};
#define CHAIN(ring, seconds)                 \
    {                                        \
        .id = "dispatch", .step_count = 1,   \
        .steps = {{.operators = {0, 1, 2},   \
                   .operator_count = PHONES, \
                   .how = (ring),            \
                   .ring_s = (seconds),      \
                   .ack_s = 900}},           \
    }
static const struct chain in_one_dial = CHAIN(RING_PARALLEL, 25);
static const struct chain one_by_one = CHAIN(RING_OVERLAP, OVERLAP_S);
static const struct line line = {.number = LINE};
#define ROSTER(chain)                                                                       \
    {                                                                                       \
        .tenant = "acme", .name = "Acme", .account_sid = "AC1", .zone = &utc, .wait_s = 75, \
        .bare_replies = true, .lines = &line, .operators = people, .chains = (chain),       \
        .line_count = 1, .operator_count = PHONES, .chain_count = 1,                        \
    }
/* By the fleet's number: even, odd. */
static const struct roster rosters[] = {ROSTER(&in_one_dial), ROSTER(&one_by_one)};

static bool overlaps(void)
{
    return model.roster == &rosters[1];
}

static void set_up(void)
{
    char why[STORE_WHY_SIZE] = "";
    struct apply *a = &model.apply;

    strcpy(model.folder, "/tmp/nextring-presses-XXXXXX");
    if (!mkdtemp(model.folder))
        abort();
    (void)snprintf(model.path, sizeof model.path, "%s/test.db", model.folder);
    if (store_open(model.path, &a->store, why)) {
        fprintf(stderr, "%s\n", why);
        exit(2);
    }
    model.arena = arena_open(1 << 16);
    model.now_ms = START;
    a->claim.store = a->store;
    a->claim.pace = pace_open(1); /* nothing leaves: no send may be under way */
    a->arena = arena_open(1 << 20);
    a->dice = dice_from(1);
    a->public_url = SPAN("https://relay.example.test");
    if (apply_begin(a, START))
        abort();
    for (int i = 0; i < TENANTS; i++) /* an operator has a few thousand marks at most */
        if (store_tenant(a->store, span_of(arena_printf(model.arena, "t%d", i)), SPAN("Acme"),
                         SPAN("AC1"), START, &model.tenants[i]))
            abort();
    struct book_entry entries[TENANTS];
    for (int i = 0; i < TENANTS; i++)
        entries[i] = (struct book_entry){model.tenants[i], &rosters[i % 2], NULL};
    model.book = book_open(entries, TENANTS);
}

static void tear_down(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    store_close(&model.apply.store);
    claim_done(&model.apply.claim);
    pace_close(&model.apply.claim.pace);
    book_close(&model.book);
    arena_close(&model.apply.arena);
    arena_close(&model.arena);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", model.path, ends[i]);
        (void)unlink(name);
    }
    (void)rmdir(model.folder);
}

/* ---- batches ---- */

static struct work *work_of(const struct call *call, struct event e, struct work *next)
{
    struct work *w = ARENA_NEW(model.arena, struct work);

    e.tenant = model.tenant;
    e.account = SPAN("AC1");
    e.from = span_of(call->from);
    e.to = SPAN(LINE);
    w->event = e;
    w->roster = model.roster;
    w->arena = model.arena;
    w->next = next;
    return w;
}

static void run(struct work *list)
{
    int64_t wake_ms = 0;

    (void)apply_batch(&model.apply, model.book, list, model.now_ms, &wake_ms);
    model.batches++;
    for (const struct work *w = list; w; w = w->next)
        MUST(!w->err, "%s is refused: %s", event_kind_name(w->event.kind), err_name(w->err));
}

static int roll(uint32_t sides)
{
    return (int)dice_throw(&model.dice, sides);
}

static void begin_calls(uint64_t seed)
{
    struct work *list = NULL;

    for (int i = FLEET; i-- > 0;) {
        struct call *c = &model.calls[i];
        *c = (struct call){.winner = -1};
        (void)snprintf(c->sid, sizeof c->sid, "CA%llu-%d", (unsigned long long)seed, i);
        (void)snprintf(c->from, sizeof c->from, "+1%03d55501%02d", 400 + (int)(seed % 500),
                       i % 100);
        for (int r = 0; r < PHONES; r++)
            (void)snprintf(c->legs[r], sizeof c->legs[r], "%s-leg%d", c->sid, r);
        const struct event e = {.kind = EVENT_CALL,
                                .sid = span_of(c->sid),
                                .call_status = SPAN("ringing"),
                                .attempt = -1};
        list = work_of(c, e, list);
    }
    run(list);
    struct call *c = model.calls;
    for (const struct work *w = list; w; w = w->next, c++) {
        MUST(overlaps() ? w->answer.kind == ANSWER_WAIT
                        : w->answer.kind == ANSWER_RING && w->answer.number_count == PHONES,
             "a call is answered with %d", (int)w->answer.kind);
        c->cascade = w->answer.id;
    }
}

static struct event of_leg(enum event_kind kind, const struct call *c, int rung)
{
    return (struct event){
        .kind = kind,
        .sid = span_of(c->legs[rung]),
        .leg_sid = span_of(c->legs[rung]),
        .cascade = c->cascade,
        .attempt = rung,
        .apart = overlaps(),
        .digits = kind == EVENT_PRESS ? SPAN("1") : (struct span){NULL, 0},
    };
}

static void pick_up(void)
{
    struct work *list = NULL;

    for (int i = 0; i < FLEET; i++) {
        struct call *c = &model.calls[i];
        const int first = roll(PHONES);
        c->pressing = 2 + roll(2);
        for (int n = 0; n < c->pressing; n++) {
            c->order[n] = (first + n) % PHONES;
            list = work_of(c, of_leg(EVENT_SCREEN, c, c->order[n]), list);
        }
    }
    run(list);
    for (const struct work *w = list; w; w = w->next)
        MUST(w->answer.kind == ANSWER_SCREEN, "a leg is answered with %d", (int)w->answer.kind);
}

/* All presses of the fleet in random order, now and then one of them repeated. */
static void shuffle_presses(void)
{
    model.press_count = 0;
    for (int i = 0; i < FLEET; i++)
        for (int n = 0; n < model.calls[i].pressing; n++)
            for (int times = 1 + (roll(4) == 0) + (roll(8) == 0); times > 0; times--)
                model.presses[model.press_count++] =
                    (struct press){&model.calls[i], model.calls[i].order[n]};
    for (size_t i = model.press_count; i-- > 1;) {
        const size_t j = (size_t)roll((uint32_t)i + 1);
        const struct press p = model.presses[i];
        model.presses[i] = model.presses[j];
        model.presses[j] = p;
    }
}

/* The first press that is decided wins, and goes on winning when it is repeated. */
static void heard(const struct press *p, const struct answer *a)
{
    struct call *c = p->call;

    if (c->winner < 0)
        c->winner = p->rung;
    if (p->rung == c->winner) {
        MUST(a->kind == (overlaps() ? ANSWER_CONFERENCE : ANSWER_CONNECT),
             "%s pressed first and is answered with %d", people[p->rung].name, (int)a->kind);
        c->connects++;
        return;
    }
    MUST(a->kind == ANSWER_SAY, "%s pressed second and is answered with %d", people[p->rung].name,
         (int)a->kind);
    MUST(memmem(a->words.data, a->words.size, people[c->winner].name,
                strlen(people[c->winner].name)),
         "%s is not told that %s has it: %.*s", people[p->rung].name, people[c->winner].name,
         SPAN_ARG(a->words));
    c->refusals++;
}

/* From `from` up to `to`, in one batch. */
static void press_some(size_t from, size_t to)
{
    struct work *list = NULL;
    size_t at = from;

    for (size_t i = to; i-- > from;)
        list = work_of(model.presses[i].call,
                       of_leg(EVENT_PRESS, model.presses[i].call, model.presses[i].rung), list);
    run(list);
    for (const struct work *w = list; w; w = w->next)
        heard(&model.presses[at++], &w->answer);
}

static void press(void)
{
    const int batches = 1 + roll(BATCHES_MAX);
    size_t from = 0;

    shuffle_presses();
    model.together += batches == 1;
    model.apart += batches > 1;
    for (int i = 1; i <= batches; i++) {
        const size_t to = i == batches ? model.press_count
                                       : from + (model.press_count - from) / (size_t)(1 + roll(3));
        press_some(from, to);
        from = to;
        model.now_ms += roll(2); /* the same millisecond, or the next */
    }
}

/* ---- what is on record ---- */

static const struct view_cell *cell(const struct view_cell *cells, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, name) == 0)
            return &cells[i];
    model_fail("a row has no %s", name);
}

static struct call *call_of(int64_t cascade)
{
    for (int i = 0; i < FLEET; i++)
        if (model.calls[i].cascade == cascade)
            return &model.calls[i];
    model_fail("a row is of no call of the fleet");
}

static bool says(const struct view_cell *cells, size_t count, const char *name, const char *words)
{
    const struct span text = cell(cells, count, name)->text;

    return text.size && memmem(text.data, text.size, words, strlen(words));
}

static void see_call(const struct view_cell *cells, size_t count)
{
    struct call *c = call_of(cell(cells, count, "id")->number);

    c->rows++;
    MUST(says(cells, count, "state", "over") && says(cells, count, "outcome", "answered") &&
             says(cells, count, "accepted_by", people[c->winner].id) &&
             says(cells, count, "leg_sid", c->legs[c->winner]),
         "%s: the record does not say that %s had it", c->sid, people[c->winner].id);
}

static void see_event(const struct view_cell *cells, size_t count)
{
    struct call *c = call_of(cell(cells, count, "cascade_id")->number);

    if (!says(cells, count, "kind", "forward"))
        return;
    c->accepts++;
    MUST(says(cells, count, "operator", people[c->winner].id), "another one accepted %s", c->sid);
}

static void see_message(const struct view_cell *cells, size_t count)
{
    struct call *c = call_of(cell(cells, count, "cascade_id")->number);

    if (!says(cells, count, "body", "has taken the call"))
        return;
    c->texts++;
    MUST(says(cells, count, "body", people[c->winner].name) &&
             !says(cells, count, "recipient", people[c->winner].phone),
         "a text says that somebody else has %s", c->sid);
}

struct page {
    void (*see)(const struct view_cell *cells, size_t count);
    int64_t last;
    bool is_older; /* than the fleet */
};

static void turn(void *ctx, const struct view_cell *cells, size_t count)
{
    struct page *p = ctx;

    p->last = cell(cells, count, "id")->number;
    p->is_older = p->is_older || p->last < model.calls[0].cascade;
    if (!p->is_older)
        p->see(cells, count);
}

/* Every row that the fleet has made, the newest first. */
static void look(enum view view, void (*see)(const struct view_cell *, size_t))
{
    struct page page = {.see = see};
    int64_t before = -1;

    while (!page.is_older && page.last != before) {
        const struct view_filter filter = {
            .tenant = model.tenant, .after = page.last, .limit = 500};
        before = page.last;
        MUST(!store_view(model.apply.store, view, &filter, turn, &page), "%s",
             store_why(model.apply.store));
    }
}

static void check(void)
{
    look(VIEW_CALLS, see_call);
    look(VIEW_CALL_EVENTS, see_event);
    look(VIEW_MESSAGES, see_message);
    for (int i = 0; i < FLEET; i++) {
        const struct call *c = &model.calls[i];
        MUST(c->rows == 1 && c->accepts == 1, "%s is on record %d times, accepted %d times", c->sid,
             c->rows, c->accepts);
        MUST(c->texts == PHONES - 1, "%d of %d others are texted", c->texts, PHONES - 1);
        MUST(c->connects >= 1 && c->refusals >= c->pressing - 1, "somebody was told nothing");
        model.told += (uint64_t)c->texts;
    }
}

/* The carrier asks for the caller's document again, and each time gets one of that kind. */
static void ask(int attempt, const char *dial_status, enum answer_kind want)
{
    struct work *list = NULL;

    for (int i = 0; i < FLEET; i++) {
        const struct event e = {.kind = EVENT_CALL,
                                .sid = span_of(model.calls[i].sid),
                                .call_status = SPAN("in-progress"),
                                .dial_status = span_of(dial_status),
                                .bridged = dial_status[0] != 0,
                                .attempt = attempt};
        list = work_of(&model.calls[i], e, list);
    }
    run(list);
    for (const struct work *w = list; w; w = w->next)
        MUST(w->answer.kind == want, "a caller who shall be answered with %d gets %d", (int)want,
             (int)w->answer.kind);
}

/* The other phones are added one after the other. */
static void add_phones(void)
{
    for (int i = 1; i < PHONES; i++) {
        model.now_ms += OVERLAP_S * 1000;
        ask(0, "", ANSWER_WAIT);
    }
}

static void finish(void)
{
    model.now_ms += 1000;
    if (overlaps())
        ask(0, "", ANSWER_CONFERENCE);
    model.now_ms += 1000;
    ask(1, "completed", ANSWER_HANGUP);
}

static void tell(uint64_t seed, bool aloud)
{
    (void)aloud;
    arena_reset(model.arena);
    model.dice = dice_from(seed);
    model.tenant = model.tenants[seed % TENANTS];
    model.roster = &rosters[seed % 2];
    for (int i = 0; i < 8; i++)
        (void)dice_throw(&model.dice, 2); /* seeds beside one another begin alike */
    begin_calls(seed);
    if (overlaps())
        add_phones();
    pick_up();
    press();
    finish();
    check();
}

static void sum_up(uint64_t stories)
{
    printf("%llu calls, each with one winner, in %llu batches; %llu times 50 of them had all their"
           " presses in one batch, %llu times in several; %llu losers were texted\n",
           (unsigned long long)(stories * FLEET), (unsigned long long)model.batches,
           (unsigned long long)model.together, (unsigned long long)model.apart,
           (unsigned long long)model.told);
}

int main(int argc, char **argv)
{
    static const struct model presses = {"model_presses", FLEETS, tell, sum_up};

    set_up();
    const int status = model_run(&presses, argc, argv);
    tear_down();
    return status;
}
