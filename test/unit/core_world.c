#include "core_world.h"

#include <stdio.h>

#include "core_world_store.h"

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};
static const char *const ids_of_people[] = {"primary", "backup", "owner", "spare"};

/* ---- the world ---- */

static void new_link(struct context_link *out)
{
    static unsigned made;

    memset(out, 0, sizeof *out);
    (void)snprintf(out->text, sizeof out->text, "link-%017u", ++made);
    memcpy(out->hash, out->text, CONTEXT_LINK_SIZE - 1);
}

static void add_step(struct chain *chain, int who, int ring_s, int ack_s)
{
    struct step *s = &chain->steps[chain->step_count++];

    s->operators[s->operator_count++] = (uint16_t)who;
    s->ring_s = (uint8_t)ring_s;
    s->ack_s = ack_s;
}

static void fill_roster(struct world *w)
{
    static const char *const phones[] = {PRIMARY, BACKUP, OWNER, SPARE};
    static const char *const names[] = {"Pat", "Bo", "Olga", "Sam"};

    for (int i = 0; i < WORLD_PEOPLE; i++) {
        struct roster_operator *o = &w->people[i];
        strcpy(o->id, ids_of_people[i]);
        strcpy(o->name, names[i]);
        strcpy(o->phone, phones[i]);
        o->zone = &utc;
    }
    add_step(&w->chains[0], AT_PRIMARY, 15, 900);
    add_step(&w->chains[0], AT_BACKUP, 15, 900);
    add_step(&w->chains[0], AT_OWNER, 20, 1800);
    add_step(&w->chains[1], AT_SPARE, 15, 900);
    strcpy(w->lines[0].number, LINE);
    strcpy(w->lines[1].number, LINE_2);
    w->lines[1].chain = 1;
    w->routes[0] = (struct job_route){SPAN("boiler"), {AT_SPARE}, 1};
    w->roster = (struct roster){
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = 75,
        .bare_replies = true,
        .lines = w->lines,
        .operators = w->people,
        .chains = w->chains,
        .routes = w->routes,
        .line_count = 2,
        .operator_count = WORLD_PEOPLE,
        .chain_count = 2,
        .route_count = 1,
    };
}

void world_open(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->arena = arena_open(1 << 18);
    w->dice = dice_from(7);
    w->now_ms = WORLD_START;
    w->rows_last = &w->rows;
    w->added_last = &w->added;
    fill_roster(w);
    facts_init(&w->facts, w->arena, &w->ids, w->now_ms);
}

void world_close(struct world *w)
{
    arena_close(&w->arena);
}

static size_t count_marks(const struct facts *f)
{
    size_t n = 0;

    for (const struct fact *fact = f->first; fact; fact = fact->next)
        n += fact->fresh || fact->dirty;
    return n;
}

enum err world_do(struct world *w, struct event e)
{
    const struct context c = {
        .facts = &w->facts,
        .roster = &w->roster,
        .open = w->open,
        .event = &e,
        .answer = &w->answer,
        .dice = &w->dice,
        .guard = w->guard,
        .public_url = SPAN("https://relay.example.test"),
        .new_link = new_link,
        .may_dial = w->may_dial,
    };
    enum err err = ERR_BUSY;

    if (!w->batch)
        w->changes = 0;
    w->last = e;
    w->facts.now_ms = w->now_ms;
    e.tenant = e.tenant ? e.tenant : e.kind == EVENT_STRAY ? 0 : WORLD_TENANT;
    e.id = id_next(&w->ids, w->now_ms);
    decide_want(&w->facts, &e);
    world_store_load(w);
    for (int round = 0; round < 12 && err == ERR_BUSY; round++) {
        struct appended *const *const added = w->facts.added_last;
        const size_t marks = count_marks(&w->facts);
        memset(&w->answer, 0, sizeof w->answer);
        err = decide(&c);
        if (err != ERR_BUSY)
            break;
        assert_true(w->facts.short_of);
        if (added != w->facts.added_last)
            fail_msg("%s gave up after it had added a row", event_kind_name(e.kind));
        assert_int_equal(marks, count_marks(&w->facts));
        world_store_load(w);
    }
    assert_int_not_equal(err, ERR_BUSY);
    /* After a key what is to be heard is looked up too, by an id that may be a message's. */
    if (w->facts.short_of && e.kind != EVENT_KEY)
        fail_msg("%s acted before all was there", event_kind_name(e.kind));
    if (!w->batch)
        world_commit(w);
    return err;
}

/* ---- what happens ---- */

static struct span new_sid(struct world *w, const char *kind)
{
    return span_of(arena_printf(w->arena, "%s%d", kind, ++w->sids));
}

void world_again(struct world *w, struct event e)
{
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_text(struct world *w, const char *from, const char *body)
{
    const struct event e = {.kind = EVENT_TEXT,
                            .sid = new_sid(w, "SM"),
                            .from = span_of(from),
                            .to = SPAN(LINE),
                            .body = span_of(body),
                            .attempt = -1};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static struct event call_event(const struct world *w, const char *from)
{
    return (struct event){.kind = EVENT_CALL,
                          .account = SPAN("AC1"),
                          .sid = arena_copy(w->arena, span_of(w->call)),
                          .from = span_of(from),
                          .to = SPAN(LINE),
                          .call_status = SPAN("ringing"),
                          .attempt = -1};
}

void world_call(struct world *w, const char *from)
{
    context_set(w->call, sizeof w->call, new_sid(w, "CA"));
    assert_int_equal(world_do(w, call_event(w, from)), ERR_NONE);
}

void world_dialled(struct world *w, int attempt, const char *dial_status)
{
    struct event e = call_event(w, world_cascade(w)->caller);

    e.attempt = attempt + 1;
    e.call_status = SPAN("in-progress");
    e.dial_status = span_of(dial_status);
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_call_status(struct world *w, const char *call_status, const char *sequence)
{
    const struct event e = {.kind = EVENT_CALL_STATUS,
                            .sid = arena_copy(w->arena, span_of(w->call)),
                            .call_status = span_of(call_status),
                            .sequence = span_of(sequence),
                            .attempt = -1};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_leg(struct world *w, int attempt, const char *leg, const char *digits)
{
    const struct cascade *k = world_cascade(w);
    const bool is_apart = attempt < k->plan->count && k->plan->rungs[attempt].overlaps;
    const struct event e = {.kind = digits ? EVENT_PRESS : EVENT_SCREEN,
                            .cascade = k->id,
                            .attempt = attempt,
                            .leg_sid = span_of(leg),
                            .apart = is_apart,
                            .digits = span_of(digits)};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_recorded(struct world *w, int seconds)
{
    const struct event e = {.kind = EVENT_RECORDED,
                            .cascade = world_cascade(w)->id,
                            .recording = SPAN("https://carrier.example.test/RE1"),
                            .seconds = seconds};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_receipt(struct world *w, const struct message *m, enum delivery delivery)
{
    const bool failed = delivery == DELIVERY_FAILED || delivery == DELIVERY_UNDELIVERED;
    const struct event e = {
        .kind = EVENT_RECEIPT,
        .message = m->id,
        .sid = span_of(arena_printf(w->arena, "SMout%lld", (long long)m->id)),
        .delivery = delivery,
        .error_code = failed ? 30003 : 0,
    };
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_claim(struct world *w, const struct message *m)
{
    struct world_row *r = world_store_find(w, FACT_OUTBOX, m->tenant, m->id, (struct span){0});
    struct outbox *o = r ? r->row : NULL;

    if (!o || o->gone || o->state != OUTBOX_QUEUED)
        return;
    o->state = OUTBOX_SENDING;
    o->fence++;
    o->attempt++;
    r->print = world_store_print(FACT_OUTBOX, o);
}

void world_sent(struct world *w, const struct message *m, enum sent sent)
{
    struct event e = {.kind = EVENT_SENT, .message = m->id, .sent = sent};
    const struct outbox *o = world_outbox(w, m->id);

    world_claim(w, m);
    e.fence = o ? o->fence : 0;
    if (sent == SENT_ACCEPTED)
        e.sid = span_of(arena_printf(w->arena, "SMout%lld", (long long)m->id));
    if (sent == SENT_REFUSED)
        e.error_code = 21610;
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_link(struct world *w, const struct message *m, enum link_action action)
{
    struct event e = {.kind = EVENT_LINK, .action = action};
    const char *body = arena_text(w->arena, world_outbox(w, m->id)->body);
    const char *at = strstr(body, "/j/");

    assert_non_null(at);
    memcpy(e.link, at + 3, CONTEXT_LINK_SIZE - 1);
    assert_int_equal(world_do(w, e), ERR_NONE);
}

void world_go(struct world *w, int64_t to_ms)
{
    for (;;) {
        size_t next = w->timer_count;
        for (size_t i = 0; i < w->timer_count; i++)
            if (w->timers[i].due_ms <= to_ms &&
                (next == w->timer_count || w->timers[i].due_ms < w->timers[next].due_ms))
                next = i;
        if (next == w->timer_count)
            break;
        const struct event e = {.kind = EVENT_TIMER, .timer = w->timers[next]};
        if (e.timer.due_ms > w->now_ms)
            w->now_ms = e.timer.due_ms;
        assert_int_equal(world_do(w, e), ERR_NONE);
        assert_false(world_has_timer(w, e.timer.kind, e.timer.subject, e.timer.due_ms));
    }
    w->now_ms = to_ms;
}

void world_wait(struct world *w, int64_t ms)
{
    world_go(w, w->now_ms + ms);
}

void world_off(struct world *w, int who)
{
    w->people[who].hours = tuesday;
    w->people[who].hours_count = 1;
}

void world_on(struct world *w, int who)
{
    w->people[who].hours_count = 0;
}

/* ---- what is ---- */

const char *world_id(int who)
{
    return ids_of_people[who];
}

void *world_row(const struct world *w, enum fact_kind kind, size_t index)
{
    for (const struct world_row *r = w->rows; r; r = r->next)
        if (r->kind == kind && index-- == 0)
            return r->row;
    return NULL;
}

size_t world_count(const struct world *w, enum fact_kind kind)
{
    size_t n = 0;

    for (const struct world_row *r = w->rows; r; r = r->next)
        n += r->kind == kind;
    return n;
}

struct relay *world_relay(const struct world *w)
{
    return world_row(w, FACT_RELAY, world_count(w, FACT_RELAY) - 1);
}

struct cascade *world_cascade(const struct world *w)
{
    return world_row(w, FACT_CASCADE, world_count(w, FACT_CASCADE) - 1);
}

struct thread *world_thread(const struct world *w, const char *customer)
{
    struct thread *t = NULL;

    for (size_t i = 0; (t = world_row(w, FACT_THREAD, i)) && strcmp(t->customer, customer) != 0;)
        i++;
    return t;
}

struct outbox *world_outbox(const struct world *w, int64_t message)
{
    const struct world_row *r =
        world_store_find(w, FACT_OUTBOX, WORLD_TENANT, message, (struct span){0});

    return r ? r->row : NULL;
}

struct desk *world_desk(struct world *w, const char *operator_id)
{
    return world_store_desk(w, WORLD_TENANT, span_of(operator_id));
}

struct message *world_to(const struct world *w, const char *phone, size_t index)
{
    for (const struct world_row *r = w->rows; r; r = r->next) {
        struct message *m = r->row;
        if (r->kind == FACT_MESSAGE && m->direction == DIRECTION_OUT && strcmp(m->to, phone) == 0 &&
            index-- == 0)
            return m;
    }
    return NULL;
}

size_t world_count_to(const struct world *w, const char *phone)
{
    size_t n = 0;

    while (world_to(w, phone, n))
        n++;
    return n;
}

struct message *world_last_to(const struct world *w, const char *phone)
{
    const size_t n = world_count_to(w, phone);

    return n ? world_to(w, phone, n - 1) : NULL;
}

size_t world_logged(const struct world *w, const char *kind)
{
    size_t n = 0;

    for (const struct appended *a = w->added; a; a = a->next)
        n += a->kind == APPEND_EVENT && strcmp(a->event.kind, kind) == 0;
    return n;
}

size_t world_alarms(const struct world *w)
{
    size_t n = 0;

    for (const struct appended *a = w->added; a; a = a->next)
        n += a->kind == APPEND_EVENT && a->event.alarm;
    return n;
}

bool world_has_timer(const struct world *w, enum timer_kind kind, int64_t subject, int64_t due_ms)
{
    for (size_t i = 0; i < w->timer_count; i++)
        if (w->timers[i].kind == kind && w->timers[i].subject == subject &&
            w->timers[i].due_ms == due_ms)
            return true;
    return false;
}

bool world_says(const struct world *w, const struct message *m, const char *words)
{
    const struct outbox *o = m ? world_outbox(w, m->id) : NULL;

    return o && memmem(o->body.data, o->body.size, words, strlen(words)) != NULL;
}

const char *world_tagged(const struct world *w, const struct message *m, const char *words)
{
    assert_non_null(m);
    assert_true(m->body.size > 3);
    return arena_printf(w->arena, "%.3s%s%s", m->body.data, words[0] ? " " : "", words);
}
