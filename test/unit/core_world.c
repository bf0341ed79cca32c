#include "core_world.h"

#include <stdio.h>

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};
static const char *const ids_of_people[] = {"primary", "backup", "owner", "spare"};

/* ---- the store ---- */

static struct world_row *find_row(const struct world *w, enum fact_kind kind, int32_t tenant,
                                  int64_t id, struct span key)
{
    char pair[LIMIT_NUMBER_SIZE + LIMIT_PARTY_SIZE];

    for (struct world_row *r = w->rows; r; r = r->next) {
        if (r->kind != kind || r->tenant != tenant)
            continue;
        if (id ? r->id == id : r->key.size && span_is(r->key, key))
            return r;
        if (!id && kind == FACT_CASCADE &&
            span_is_text(key, ((const struct cascade *)r->row)->call_sid))
            return r;
        if (!id && kind == FACT_THREAD) {
            const struct thread *t = r->row;
            (void)snprintf(pair, sizeof pair, "%s %s", t->line, t->customer);
            if (span_is_text(key, pair))
                return r;
        }
    }
    return NULL;
}

static struct desk *load_desk(struct world *w, int32_t tenant, struct span operator_id)
{
    struct desk *desk = ARENA_NEW(w->arena, struct desk);
    struct facts *f = &w->facts;

    context_set(desk->operator_id, sizeof desk->operator_id, operator_id);
    for (const struct appended *a = w->added; a; a = a->next) {
        if (a->kind != APPEND_TAG || a->tag.tenant != tenant ||
            !span_is_text(operator_id, a->tag.operator_id))
            continue;
        size_t i = 0;
        while (i < desk->count && strcmp(desk->tags[i].tag, a->tag.tag) != 0)
            i++;
        if (i == desk->count)
            facts_fill_desk(f, desk, &a->tag);
        for (; i > 0; i--) /* the latest first */
            desk->tags[i] = desk->tags[i - 1];
        desk->tags[0] = a->tag;
    }
    return desk;
}

static void load(struct world *w)
{
    for (struct fact *fact = w->facts.first; fact; fact = fact->next) {
        if (fact->state != FACT_WANTED)
            continue;
        if (fact->kind == FACT_DESK) {
            facts_settle(&w->facts, fact, load_desk(w, fact->tenant, fact->key));
            continue;
        }
        const struct world_row *r = find_row(w, fact->kind, fact->tenant, fact->id, fact->key);
        const bool gone = r && r->kind == FACT_OUTBOX && ((const struct outbox *)r->row)->gone;
        facts_settle(&w->facts, fact, r && !gone ? r->row : NULL);
    }
    w->facts.short_of = false;
}

static uint64_t mix(uint64_t h, const void *data, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h;
}

static uint64_t print_plan(uint64_t h, const struct plan *p)
{
    h = mix(h, p->rungs, p->count * sizeof p->rungs[0]);
    return mix(h, p->out, p->out_count * sizeof p->out[0]);
}

static uint64_t print_of(enum fact_kind kind, const void *row)
{
    const uint64_t h = 14695981039346656037u;

    switch (kind) {
    case FACT_THREAD:
        return mix(h, row, sizeof(struct thread));
    case FACT_RELAY:
        return print_plan(mix(h, row, sizeof(struct relay)), ((const struct relay *)row)->plan);
    case FACT_CASCADE:
        return print_plan(mix(h, row, sizeof(struct cascade)), ((const struct cascade *)row)->plan);
    case FACT_MESSAGE:
        return mix(h, row, sizeof(struct message));
    case FACT_OUTBOX:
        return mix(h, row, sizeof(struct outbox));
    case FACT_LINK:
        return mix(h, row, sizeof(struct link));
    case FACT_CLAIM:
    case FACT_DESK:
    case FACT_KINDS:
        break;
    }
    return h;
}

static void add_row(struct world *w, const struct fact *fact)
{
    struct world_row *r = ARENA_NEW(w->arena, struct world_row);

    *r = (struct world_row){.kind = fact->kind, .tenant = fact->tenant, .id = fact->id};
    r->key = fact->key;
    r->row = fact->kind == FACT_CLAIM ? (void *)&w->claimed : (void *)fact->thread;
    r->print = print_of(fact->kind, r->row);
    *w->rows_last = r;
    w->rows_last = &r->next;
    w->changes++;
}

static void save_row(struct world *w, const struct fact *fact)
{
    struct world_row *old = find_row(w, fact->kind, fact->tenant, fact->id, fact->key);

    if (!old) {
        assert_true(fact->fresh);
        if (fact->kind == FACT_CASCADE)
            assert_null(
                find_row(w, FACT_CASCADE, fact->tenant, 0, span_of(fact->cascade->call_sid)));
        add_row(w, fact);
        return;
    }
    assert_false(fact->fresh); /* else it would be inserted twice */
    const uint64_t print = print_of(fact->kind, old->row);
    if (print == old->print)
        return;
    if (!fact->dirty)
        fail_msg("a row of kind %d has changed and is not marked", (int)fact->kind);
    old->print = print;
    w->changes++;
}

static void save_timer(struct world *w, const struct timer *timer)
{
    size_t i = 0;

    while (i < w->timer_count &&
           !(w->timers[i].due_ms == timer->due_ms && w->timers[i].kind == timer->kind &&
             w->timers[i].subject == timer->subject))
        i++;
    if (timer->gone) {
        if (i < w->timer_count)
            w->timers[i] = w->timers[--w->timer_count];
        return;
    }
    assert_true(i == w->timer_count && i < WORLD_TIMERS);
    w->timers[w->timer_count++] = *timer;
    w->changes++;
}

void world_commit(struct world *w)
{
    struct facts *f = &w->facts;

    for (const struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->state == FACT_PRESENT && !fact->same && fact->kind != FACT_DESK &&
            (fact->kind != FACT_CLAIM || fact->fresh))
            save_row(w, fact);
    for (const struct appended *a = f->added; a; a = a->next) {
        if (a->kind == APPEND_TIMER)
            save_timer(w, &a->timer);
        else
            w->changes++;
    }
    if (f->added) {
        *w->added_last = f->added;
        w->added_last = f->added_last;
    }
    facts_init(f, w->arena, &w->ids, w->now_ms);
}

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
    w->routes[0] = (struct job_route){SPAN("boiler"), AT_SPARE};
    w->roster = (struct roster){
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = 75,
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
        .event = &e,
        .answer = &w->answer,
        .dice = &w->dice,
        .public_url = SPAN("https://relay.example.test"),
        .new_link = new_link,
    };
    enum err err = ERR_BUSY;

    if (!w->batch)
        w->changes = 0;
    w->last = e;
    w->facts.now_ms = w->now_ms;
    e.tenant = e.tenant ? e.tenant : e.kind == EVENT_STRAY ? 0 : WORLD_TENANT;
    e.id = id_next(&w->ids, w->now_ms);
    decide_want(&w->facts, &e);
    load(w);
    for (int round = 0; round < 12 && err == ERR_BUSY; round++) {
        struct appended *const *const added = w->facts.added_last;
        const size_t marks = count_marks(&w->facts);
        memset(&w->answer, 0, sizeof w->answer);
        err = decide(&c);
        if (err != ERR_BUSY)
            break;
        assert_true(w->facts.short_of);
        assert_ptr_equal(added, w->facts.added_last);
        assert_int_equal(marks, count_marks(&w->facts));
        load(w);
    }
    assert_int_not_equal(err, ERR_BUSY);
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
    const struct event e = {.kind = digits ? EVENT_PRESS : EVENT_SCREEN,
                            .cascade = world_cascade(w)->id,
                            .attempt = attempt,
                            .leg_sid = span_of(leg),
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
    struct world_row *r = find_row(w, FACT_OUTBOX, m->tenant, m->id, (struct span){0});
    struct outbox *o = r ? r->row : NULL;

    if (!o || o->gone || o->state != OUTBOX_QUEUED)
        return;
    o->state = OUTBOX_SENDING;
    o->fence++;
    o->attempt++;
    r->print = print_of(FACT_OUTBOX, o);
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
    const struct world_row *r = find_row(w, FACT_OUTBOX, WORLD_TENANT, message, (struct span){0});

    return r ? r->row : NULL;
}

struct desk *world_desk(struct world *w, const char *operator_id)
{
    return load_desk(w, WORLD_TENANT, span_of(operator_id));
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
