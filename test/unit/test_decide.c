#include "core_world.h"

#include "rules/command.h"

static struct world *const w = &world_shared;

/* ---- what an event needs ---- */

static void each_kind_asks_for_its_own_first(void **unused)
{
    (void)unused;
    static const struct row {
        enum event_kind kind;
        size_t wanted;
    } rows[] = {
        {EVENT_LOOKUP, 1},     {EVENT_TRANSCRIBED, 1}, {EVENT_CALL, 7},     {EVENT_TEXT, 6},
        {EVENT_SCREEN, 1},     {EVENT_PRESS, 1},       {EVENT_RECORDED, 1}, {EVENT_CALL_STATUS, 1},
        {EVENT_RECEIPT, 3},    {EVENT_SENT, 3},        {EVENT_TIMER, 1},    {EVENT_LINK, 1},
        {EVENT_ACK, 1},        {EVENT_REPLY, 1},       {EVENT_STRAY, 0},    {EVENT_HEARD, 2},
        {EVENT_LATE_CALL, 2},  {EVENT_LOOKED, 2},      {EVENT_WAKE, 0},     {EVENT_CALL_BACK, 1},
        {EVENT_CALLED, 2},     {EVENT_CHOICE, 1},      {EVENT_KEY, 1},      {EVENT_JOB, 1},
        {EVENT_JOB_IMPORT, 0}, {EVENT_PASS, 1},        {EVENT_CLOSE, 1},    {EVENT_REOPEN, 1},
        {EVENT_USER, 0},       {EVENT_DUTY, 0},        {EVENT_ALARM, 1},    {EVENT_CANARY, 0},
        {EVENT_LINE, 0},
    };

    assert_int_equal(sizeof rows / sizeof rows[0], EVENT_KINDS);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct event e = {.kind = rows[i].kind,
                                .tenant = WORLD_TENANT,
                                .sid = SPAN("CA1"),
                                .from = SPAN(ANNA),
                                .to = SPAN(LINE),
                                .thread = 5,
                                .message = 6,
                                .relay = 7,
                                .cascade = 8};
        struct facts f;
        size_t n = 0;
        facts_init(&f, w->arena, &w->ids, w->now_ms);
        decide_want(&f, &e);
        for (const struct fact *fact = f.first; fact; fact = fact->next)
            n++;
        if (n != rows[i].wanted + 1) /* and what the operators said of themselves */
            fail_msg("%s wants %zu", event_kind_name(e.kind), n);
    }
}

/* ---- timers ---- */

static void an_early_timer_changes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct timer timer = w->timers[0];
    world_wait(w, 900 * S - 1);
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    assert_true(world_has_timer(w, TIMER_RELAY, timer.subject, timer.due_ms));
    assert_int_equal(world_relay(w)->step, 0);
    world_wait(w, 1);
    assert_int_equal(world_relay(w)->step, 1);
}

static void a_stale_timer_is_cleared_and_changes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct timer timer = w->timers[0];
    world_wait(w, 900 * S);
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_relay(w)->step, 1);
    timer.subject = 77;
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    timer.kind = TIMER_CASCADE;
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->timer_count, 1);
}

static void a_late_timer_gives_the_next_step_its_whole_time(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct timer timer = w->timers[0];
    w->now_ms += 5 * (int64_t)HOUR; /* we were down */
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_relay(w)->due_ms, w->now_ms + 900 * S);
}

/* ---- any interleaving ---- */

enum { RUNS = 2000, EVENTS = 45, PAST = 64 };
static const char *const customers[] = {ANNA, BORIS, CLARA, "anonymous", SPARE};
static const char *const phones[] = {PRIMARY, BACKUP, OWNER, SPARE};

static struct story {
    struct dice dice;
    struct event past[PAST]; /* those that a carrier may repeat */
    size_t past_count;
    bool repeats;
    /* Before the event. */
    size_t messages;
    struct relay relays[64];
    struct cascade cascades[64];
    size_t relay_count, cascade_count;
    const char *writer; /* the operator who writes, or NULL */
    struct span body;
    int seed;
} story;

static int roll(int sides)
{
    return (int)dice_throw(&story.dice, (uint32_t)sides);
}

static void remember(void)
{
    if (story.past_count < PAST)
        story.past[story.past_count++] = w->last;
}

static struct message *some_text(void)
{
    const size_t n = world_count(w, FACT_MESSAGE);
    struct message *m = n ? world_row(w, FACT_MESSAGE, (size_t)roll((int)n)) : NULL;

    return m && m->direction == DIRECTION_OUT ? m : NULL;
}

static struct cascade *some_call(void)
{
    const size_t n = world_count(w, FACT_CASCADE);

    return n ? world_row(w, FACT_CASCADE, (size_t)roll((int)n)) : NULL;
}

static void customer_writes(void)
{
    world_text(w, customers[roll(3)], roll(4) ? "no heat" : "ok");
    remember();
}

static void operator_writes(void)
{
    static const char *const bodies[] = {"on my way", "ok", "next", "ok all", "done", "", "stop"};
    const char *body = bodies[roll(7)];
    const char *phone = phones[roll(4)];
    const size_t n = world_count_to(w, phone);
    const int how = roll(4);

    if (how < 2 && n) {
        const struct message *m = world_to(w, phone, (size_t)roll((int)n));
        if (m->body.size > 3)
            body = world_tagged(w, m, body);
    } else if (how == 2) {
        body = arena_printf(w->arena, "%c%c%c %s", "BCKZ"[roll(4)], '2' + roll(8), "FGHX"[roll(4)],
                            body);
    }
    story.writer = phone;
    story.body = span_of(body);
    world_text(w, phone, body);
    remember();
}

static void customer_calls(void)
{
    world_call(w, customers[roll(5)]);
    remember();
}

static void call_goes_on(void)
{
    static const char *const ends[] = {"no-answer", "busy", "failed", "completed", "canceled", "?"};
    struct cascade *k = some_call();

    if (!k)
        return;
    struct event e = {.kind = EVENT_CALL,
                      .sid = arena_copy(w->arena, span_of(k->call_sid)),
                      .from = arena_copy(w->arena, span_of(k->caller)),
                      .to = SPAN(LINE),
                      .call_status = roll(8) ? SPAN("in-progress") : SPAN("completed"),
                      .dial_status = span_of(ends[roll(6)]),
                      .attempt = 1 + roll(k->attempt + 1)};
    world_again(w, e);
    remember();
}

static void leg_speaks(void)
{
    static const char *const keys[] = {"1", "2", "9", ""};
    struct cascade *k = some_call();

    if (!k)
        return;
    struct event e = {.kind = roll(2) ? EVENT_PRESS : EVENT_SCREEN,
                      .cascade = k->id,
                      .attempt = roll(k->attempt + 1),
                      .digits = span_of(keys[roll(4)])};
    e.leg_sid = span_of(arena_printf(w->arena, "CAleg%d", e.attempt));
    world_again(w, e);
    remember();
}

static void call_ends(void)
{
    struct cascade *k = some_call();

    if (!k)
        return;
    struct event e = {.kind = EVENT_CALL_STATUS,
                      .sid = arena_copy(w->arena, span_of(k->call_sid)),
                      .call_status = roll(3) ? SPAN("completed") : SPAN("in-progress"),
                      .sequence = span_of(roll(2) ? "1" : "2"),
                      .attempt = -1};
    if (!roll(3))
        e = (struct event){.kind = EVENT_RECORDED,
                           .cascade = k->id,
                           .recording = SPAN("https://carrier.example.test/RE1"),
                           .seconds = roll(30)};
    world_again(w, e);
    remember();
}

static void carrier_tells(void)
{
    struct message *m = some_text();

    if (!m)
        return;
    if (roll(2))
        world_receipt(w, m, (enum delivery)(DELIVERY_ACCEPTED + roll(5)));
    else
        world_sent(w, m, (enum sent)roll(SENTS));
    remember();
}

static void people_press(void)
{
    struct message *m = some_text();
    struct relay *r = world_relay(w);

    if (m && world_says(w, m, "/j/"))
        world_link(w, m, (enum link_action)roll(LINK_ACTIONS));
    else if (r && roll(2))
        world_again(w, (struct event){.kind = EVENT_ACK,
                                      .relay = r->id,
                                      .operator_id = span_of(roll(2) ? world_id(roll(4)) : "")});
    else if (r)
        world_again(w, (struct event){.kind = EVENT_REPLY,
                                      .thread = r->thread,
                                      .body = SPAN("from the office"),
                                      .origin = ORIGIN_API});
}

static void roster_changes(void)
{
    const int who = roll(WORLD_PEOPLE);

    if (roll(2))
        world_off(w, who);
    else
        world_on(w, who);
    w->people[who].last_resort = !roll(4);
    w->chains[0].steps[roll(3)].operators[0] = (uint16_t)roll(WORLD_PEOPLE);
}

/* The caller asks once more while whoever rang has passed it on: the next one rings now. */
static bool moves_on(const struct event *e)
{
    for (size_t i = 0; e->kind == EVENT_CALL && i < story.cascade_count; i++) {
        const struct cascade *k = &story.cascades[i];
        if (span_is_text(e->sid, k->call_sid) && k->state == CASCADE_RINGING &&
            k->plan->rungs[k->attempt].state == RUNG_PASSED)
            return true;
    }
    return false;
}

static void a_repeat(void)
{
    if (!story.past_count)
        return;
    const struct event e = story.past[roll((int)story.past_count)];
    const bool moves = moves_on(&e);
    world_again(w, e);
    story.repeats = !moves;
}

static void an_early_or_stale_timer(void)
{
    if (!w->timer_count)
        return;
    struct timer t = w->timers[roll((int)w->timer_count)];
    if (roll(2))
        t.due_ms -= 1 + roll(1000);
    if (t.due_ms <= w->now_ms && world_has_timer(w, t.kind, t.subject, t.due_ms))
        return;
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = t});
    story.repeats = true;
}

/* ---- what must be true ---- */

#define MUST(x)                                                                                  \
    do {                                                                                         \
        if (!(x))                                                                                \
            fail_msg("story %d, %s: not so: %s", story.seed, event_kind_name(w->last.kind), #x); \
    } while (0)

static size_t timers_of(enum timer_kind kind, int64_t subject)
{
    size_t n = 0;

    for (size_t i = 0; i < w->timer_count; i++)
        n += w->timers[i].kind == kind && w->timers[i].subject == subject;
    return n;
}

static bool is_logged(const char *kind, int64_t subject)
{
    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_EVENT && a->event.subject == subject &&
            strcmp(a->event.kind, kind) == 0)
            return true;
    return false;
}

/* A step begins when it is due, or because somebody or the carrier gave the last one up. */
static void check_step(const struct relay *was, const struct relay *now)
{
    const bool moved =
        now->state == RELAY_OPEN && (was->state != RELAY_OPEN || was->step != now->step);
    const enum event_kind kind = w->last.kind;

    if (!moved && now->state != RELAY_EXHAUSTED)
        return;
    if (!moved && was->state == RELAY_EXHAUSTED)
        return;
    if (kind == EVENT_TIMER)
        MUST(was->due_ms && was->due_ms <= w->now_ms && w->last.timer.due_ms == was->due_ms);
    else
        MUST(was->state != RELAY_IDLE && (kind == EVENT_TEXT || kind == EVENT_LINK ||
                                          kind == EVENT_RECEIPT || kind == EVENT_SENT));
    if (kind == EVENT_TEXT)
        MUST(story.writer); /* no customer moves a step */
}

static void check_relays(void)
{
    for (size_t i = 0; i < world_count(w, FACT_RELAY); i++) {
        const struct relay *r = world_row(w, FACT_RELAY, i);
        const bool runs = r->state == RELAY_OPEN || r->state == RELAY_IDLE;
        MUST(timers_of(TIMER_RELAY, r->id) == (runs ? 1 : 0));
        MUST(runs == (r->due_ms != 0));
        MUST(!runs || world_has_timer(w, TIMER_RELAY, r->id, r->due_ms));
        MUST(r->state != RELAY_EXHAUSTED || is_logged("relay.exhausted", r->id));
        MUST((r->state == RELAY_TAKEN) == (r->acked_at != 0));
        MUST((r->state == RELAY_TAKEN) == (r->final_status == FINAL_ACKED));
        if (i < story.relay_count)
            check_step(&story.relays[i], r);
    }
}

static size_t rings_of(int64_t cascade)
{
    size_t n = 0;

    for (const struct appended *a = w->added; a; a = a->next)
        n += a->kind == APPEND_CALL_EVENT && a->call_event.cascade == cascade &&
             strcmp(a->call_event.kind, "attempt") == 0;
    return n;
}

static void check_cascades(void)
{
    for (size_t i = 0; i < world_count(w, FACT_CASCADE); i++) {
        const struct cascade *k = world_row(w, FACT_CASCADE, i);
        size_t accepts = 0;
        for (const struct appended *a = w->added; a; a = a->next)
            accepts += a->kind == APPEND_EVENT && a->event.subject == k->id &&
                       strcmp(a->event.kind, "call.accepted") == 0;
        MUST(accepts <= 1);
        MUST((accepts == 1) == (k->accepted_ms != 0));
        MUST(timers_of(TIMER_CASCADE, k->id) == (k->state == CASCADE_OVER ? 0 : 1));
        MUST(rings_of(k->id) <= k->plan->count + (size_t)k->shows_line); /* for the caller id */
        MUST(k->state != CASCADE_OVER || k->accepted_ms || k->relay);    /* nothing is silent */
        if (i >= story.cascade_count)
            continue;
        const struct cascade *was = &story.cascades[i];
        MUST(was->state == CASCADE_RINGING || k->state != CASCADE_RINGING);
        MUST(k->state != CASCADE_RINGING || k->attempt >= was->attempt);
        MUST(was->state != CASCADE_OVER || k->state == CASCADE_OVER);
    }
    if (w->answer.kind == ANSWER_RING) {
        bool rings = false;
        for (size_t i = 0; i < world_count(w, FACT_CASCADE); i++) {
            const struct cascade *k = world_row(w, FACT_CASCADE, i);
            rings = rings || (k->id == w->answer.id && k->state == CASCADE_RINGING);
        }
        MUST(rings);
    }
}

static bool begins_with(const struct message *m, const char *tag)
{
    return m->body.size > 3 && m->body.data[3] == ' ' && memcmp(m->body.data, tag, 3) == 0;
}

/* A text about one customer: it shows his mark, or answers a text that did. */
static bool is_about_somebody(const struct message *m)
{
    return (m->body.size > 3 && command_is_tag((struct span){m->body.data, 3})) ||
           (m->customer[0] && span_starts(m->body, SPAN("Nothing done")));
}

/* To whom a reply may go: the mark's customer as that operator was told it, or the only one he
 * was told of in the last twelve hours. NULL: to nobody. */
static const char *right_customer(size_t texts)
{
    const struct command_text t = command_read(story.body);
    const char *found = NULL;
    size_t several = 0;

    for (size_t i = 0; i < texts; i++) {
        const struct message *m = world_row(w, FACT_MESSAGE, i);
        if (m->direction != DIRECTION_OUT || strcmp(m->to, story.writer) != 0)
            continue;
        if (t.has_tag && begins_with(m, t.tag))
            found = m->customer;
        if (t.has_tag || !is_about_somebody(m) || m->at_ms < w->now_ms - 12 * (int64_t)HOUR)
            continue;
        several += found && strcmp(found, m->customer) != 0;
        found = m->customer;
    }
    return several ? NULL : found;
}

static void check_texts(void)
{
    for (size_t i = story.messages; i < world_count(w, FACT_MESSAGE); i++) {
        const struct message *m = world_row(w, FACT_MESSAGE, i);
        if (m->kind != MESSAGE_REPLY)
            continue;
        MUST(strcmp(m->to, m->customer) == 0 && world_thread(w, m->customer)->id == m->thread);
        if (m->origin != ORIGIN_OPERATOR)
            continue;
        const char *right = right_customer(story.messages);
        MUST(right && strcmp(right, m->to) == 0);
    }
}

static void look(void)
{
    story.relay_count = world_count(w, FACT_RELAY);
    story.cascade_count = world_count(w, FACT_CASCADE);
    story.messages = world_count(w, FACT_MESSAGE);
    assert_true(story.relay_count <= 64 && story.cascade_count <= 64);
    for (size_t i = 0; i < story.relay_count; i++)
        story.relays[i] = *(const struct relay *)world_row(w, FACT_RELAY, i);
    for (size_t i = 0; i < story.cascade_count; i++)
        story.cascades[i] = *(const struct cascade *)world_row(w, FACT_CASCADE, i);
}

static void time_passes(void)
{
    static const int64_t waits[] = {1, 4 * S, 15 * S, 5 * MIN, 16 * MIN, 2 * HOUR, 11 * HOUR};

    world_wait(w, waits[roll(7)]);
    look();
}

static void (*const happenings[])(void) = {
    customer_writes, customer_writes, operator_writes,
    operator_writes, operator_writes, customer_calls,
    call_goes_on,    call_goes_on,    leg_speaks,
    leg_speaks,      call_ends,       carrier_tells,
    carrier_tells,   people_press,    roster_changes,
    a_repeat,        a_repeat,        an_early_or_stale_timer,
};

static void one_of_them(void)
{
    memset(&w->answer, 0, sizeof w->answer);
    happenings[roll(sizeof happenings / sizeof happenings[0])]();
}

static void something_happens(void)
{
    look();
    story.repeats = false;
    story.writer = NULL;
    one_of_them();
    if (story.repeats)
        MUST(w->changes == 0);
    check_relays();
    check_cascades();
    check_texts();
}

/* Several in one turn of the loop: they share their facts, and are saved together. */
static void much_happens_at_once(void)
{
    w->batch = true;
    for (int n = 2 + roll(4); n > 0; n--)
        one_of_them();
    w->batch = false;
    world_commit(w);
    story.relay_count = story.cascade_count = 0; /* what moved which step is not told apart */
    check_relays();
    check_cascades();
}

/* One timer after the other, so that each step is seen to begin when it is due. */
static void let_it_end(void)
{
    for (int i = 0; i < WORLD_TIMERS && w->timer_count; i++) {
        size_t next = 0;
        for (size_t k = 1; k < w->timer_count; k++)
            if (w->timers[k].due_ms < w->timers[next].due_ms)
                next = k;
        look();
        world_go(w, w->timers[next].due_ms > w->now_ms ? w->timers[next].due_ms : w->now_ms);
        check_relays();
        check_cascades();
    }
}

static void any_interleaving_keeps_the_promises(void **unused)
{
    (void)unused;
    for (int run = 0; run < RUNS; run++) {
        world_open(w);
        memset(&story, 0, sizeof story);
        story.seed = run;
        story.dice = dice_from((uint64_t)run + 1);
        for (int i = 0; i < EVENTS; i++) {
            if (roll(5))
                something_happens();
            else
                much_happens_at_once();
            if (!roll(3))
                time_passes();
        }
        for (int who = 0; who < WORLD_PEOPLE; who++)
            world_on(w, who);
        let_it_end();
        MUST(w->timer_count == 0);
        for (size_t i = 0; i < world_count(w, FACT_RELAY); i++) {
            const struct relay *r = world_row(w, FACT_RELAY, i);
            MUST(r->state == RELAY_TAKEN || r->state == RELAY_EXHAUSTED);
        }
        world_close(w);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_kind_asks_for_its_own_first),
        TEST(an_early_timer_changes_nothing),
        TEST(a_stale_timer_is_cleared_and_changes_nothing),
        TEST(a_late_timer_gives_the_next_step_its_whole_time),
        cmocka_unit_test(any_interleaving_keeps_the_promises),
    };

    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
