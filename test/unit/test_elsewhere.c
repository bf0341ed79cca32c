#include "core/elsewhere.h"

#include "base/id.h"
#include "call/overlap.h"
#include "core/offline.h"
#include "core_world.h"

/* A call's requests reach three nodes in every way there is: one has the store, two have not; and
 * what those have kept is brought in in every order that keeps each one's own. */
enum node { WITH_STORE, SPOOLING_A, SPOOLING_B, NODES };
enum { STEPS_MAX = 6 };

static struct world *const w = &world_shared;
static int64_t cascade;

static struct event call(int attempt, const char *dial_status)
{
    const struct event e = {
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = SPAN("CA1"),
        .from = SPAN(ANNA),
        .to = SPAN(LINE),
        .call_status = attempt > 0 ? SPAN("in-progress") : SPAN("ringing"),
        .dial_status = span_of(dial_status),
        .attempt = attempt,
        .alone = attempt > 0,
        .cascade = attempt > 0 ? cascade : 0,
        .begins = attempt > 0 ? 0 : cascade,
    };

    return e;
}

static struct event leg(enum event_kind kind, const char *digits)
{
    return (struct event){
        .kind = kind,
        .account = SPAN("AC1"),
        .sid = SPAN("CAleg"),
        .leg_sid = SPAN("CAleg"),
        .from = SPAN(ANNA),
        .to = SPAN(BACKUP),
        .digits = span_of(digits),
        .attempt = 1,
        .cascade = cascade,
    };
}

static struct event ended(int attempt, const char *dial_status, bool is_bridged)
{
    struct event e = call(attempt, dial_status);

    e.call_status = SPAN("completed");
    e.bridged = is_bridged;
    return e;
}

static struct event spoken(void)
{
    struct event e = call(3, NULL);

    e.kind = EVENT_RECORDED;
    e.recording = SPAN("https://api.example.test/RE1");
    e.seconds = 12;
    return e;
}

/* One thing that happens, and what the carrier must be told by whichever node it reaches. */
struct happening {
    int after_s;
    struct event (*make)(void);
    enum answer_kind want;
};

static struct event arrives(void)
{
    return call(-1, NULL);
}
static struct event first_is_silent(void)
{
    return call(1, "no-answer");
}
static struct event second_is_silent(void)
{
    return call(2, "no-answer");
}
static struct event third_is_silent(void)
{
    return call(3, "no-answer");
}
static struct event second_picks_up(void)
{
    return leg(EVENT_SCREEN, NULL);
}
static struct event second_takes(void)
{
    return leg(EVENT_PRESS, "1");
}
static struct event talk_is_over(void)
{
    return ended(2, "completed", true);
}
static struct event caller_leaves(void)
{
    return ended(2, "canceled", false);
}

/* The caller's own call has ended: a status, which is answered with nothing. */
static struct event is_completed(void)
{
    struct event e = call(0, NULL);

    e.kind = EVENT_CALL_STATUS;
    e.cascade = e.begins = 0;
    e.call_status = SPAN("completed");
    return e;
}

static const struct happening taken[] = {
    {0, arrives, ANSWER_RING},           {15, first_is_silent, ANSWER_RING},
    {4, second_picks_up, ANSWER_SCREEN}, {2, second_takes, ANSWER_CONNECT},
    {60, talk_is_over, ANSWER_HANGUP},   {0, is_completed, ANSWER_NOTHING},
};
static const struct happening missed[] = {
    {0, arrives, ANSWER_RING},
    {15, first_is_silent, ANSWER_RING},
    {15, second_is_silent, ANSWER_RING},
    {20, third_is_silent, ANSWER_VOICEMAIL},
    {12, spoken, ANSWER_SAY},
};
static const struct happening abandoned[] = {
    {0, arrives, ANSWER_RING},
    {15, first_is_silent, ANSWER_RING},
    {5, caller_leaves, ANSWER_HANGUP},
};

/* What a node without the store has kept, in order. */
struct spool {
    struct event events[STEPS_MAX];
    int count, next;
};

static void keep(struct spool *spool, struct event e, struct answer *told)
{
    const struct offline_ask ask = {.roster = &w->roster, .now_ms = w->now_ms, .arena = w->arena};

    if (e.kind != EVENT_CALL_STATUS)
        e.cascade = cascade;
    offline_answer(&ask, &e, told);
    spool->events[spool->count++] = e;
}

/* Bit n of `order` tells which spool gives the n-th event, while it has one. */
static void bring_in(struct spool *a, struct spool *b, unsigned order)
{
    for (; a->next < a->count || b->next < b->count; order >>= 1) {
        const bool from_a = a->next < a->count && (b->next == b->count || (order & 1) == 0);
        struct spool *from = from_a ? a : b;
        assert_int_equal(world_do(w, from->events[from->next++]), ERR_NONE);
    }
}

/* Plays the steps, each at the node that its place in `nodes` tells. */
static void play(const struct happening *steps, int count, unsigned nodes, unsigned order)
{
    struct spool spools[NODES] = {{.count = 0}};

    world_set_up(NULL);
    cascade = id_floor(WORLD_START) + 1;
    for (int i = 0; i < count; i++, nodes /= NODES) {
        struct answer told;
        w->now_ms += steps[i].after_s * S;
        const struct event e = steps[i].make();
        if (nodes % NODES == WITH_STORE) {
            assert_int_equal(world_do(w, e), ERR_NONE);
            told = w->answer;
        } else {
            keep(&spools[nodes % NODES], e, &told);
        }
        if (told.kind != steps[i].want)
            fail_msg("step %d is answered with %d", i, (int)told.kind);
    }
    w->now_ms += 5 * S;
    bring_in(&spools[SPOOLING_A], &spools[SPOOLING_B], order);
}

/* Both nodes without the store have kept something: else there is one order alone. */
static bool is_shared(unsigned nodes)
{
    bool has[NODES] = {false};

    for (; nodes > 0; nodes /= NODES)
        has[nodes % NODES] = true;
    return has[SPOOLING_A] && has[SPOOLING_B];
}

static void in_every_way(const struct happening *steps, int count, void (*check)(void))
{
    unsigned ways = 1;

    for (int i = 0; i < count; i++)
        ways *= NODES;
    for (unsigned nodes = 0; nodes < ways; nodes++)
        for (unsigned order = 0; order < (is_shared(nodes) ? 1u << count : 1); order++) {
            play(steps, count, nodes, order);
            if (world_count(w, FACT_CASCADE) != 1 || world_cascade(w)->id != cascade)
                fail_msg("nodes %u, order %u: not the one call", nodes, order);
            check();
            world_tear_down(NULL);
        }
}

static void it_is_answered_once(void)
{
    const struct cascade *k = world_cascade(w);

    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, OUTCOME_ANSWERED);
    assert_string_equal(k->accepted_by, world_id(AT_BACKUP));
    assert_int_equal(world_noted(w, "forward"), 1);
    /* Where the caller's end came in first, people had been told; now they know who took it. */
    if (world_count(w, FACT_RELAY) > 0)
        assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_int_equal(k->due_ms, 0);
}

static void it_is_relayed_once_with_its_voicemail(void)
{
    const struct cascade *k = world_cascade(w);

    assert_int_equal(k->state, CASCADE_VOICEMAIL);
    assert_int_equal(k->recording_s, 12);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_relay(w)->kind, RELAY_VOICEMAIL);
}

static void it_is_relayed_once(void)
{
    assert_int_equal(world_cascade(w)->state, CASCADE_OVER);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
}

#define COUNT(steps) ((int)(sizeof(steps) / sizeof(steps)[0]))

static void a_call_that_is_taken_is_so_by_whichever_nodes(void **unused)
{
    (void)unused;
    in_every_way(taken, COUNT(taken), it_is_answered_once);
}

static void a_voicemail_is_heard_of_by_whichever_nodes(void **unused)
{
    (void)unused;
    in_every_way(missed, COUNT(missed), it_is_relayed_once_with_its_voicemail);
}

static void a_call_that_was_given_up_is_known_by_whichever_nodes(void **unused)
{
    (void)unused;
    in_every_way(abandoned, COUNT(abandoned), it_is_relayed_once);
}

static void begin(void)
{
    cascade = id_floor(WORLD_START) + 1;
    w->now_ms += 15 * S;
}

static void who_comes_second_is_told_so(void **unused)
{
    (void)unused;
    begin();
    assert_int_equal(world_do(w, leg(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    struct event other = leg(EVENT_PRESS, "1");
    other.leg_sid = other.sid = SPAN("CAother");
    other.to = SPAN(PRIMARY);
    assert_int_equal(world_do(w, other), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(world_do(w, leg(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT); /* the first once more */
}

static void the_next_one_who_is_rung_here_gets_his_pre_alert(void **unused)
{
    (void)unused;
    w->people[AT_BACKUP].prealert = PREALERT_ALWAYS;
    begin();
    assert_int_equal(world_do(w, call(1, "no-answer")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    const struct message *m = world_last_to(w, BACKUP);
    assert_int_equal(m->kind, MESSAGE_PREALERT);
    assert_int_equal(world_outbox(w, m->id)->state, OUTBOX_QUEUED);
}

static void a_call_of_long_ago_is_not_begun_again(void **unused)
{
    (void)unused;
    begin();
    w->now_ms += 7 * (int64_t)HOUR;
    assert_int_equal(world_do(w, leg(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SAY); /* too late */
    assert_int_equal(world_count(w, FACT_CASCADE), 0);
}

/* The row knows a step that overlaps, whose batch was committed late: its caller has been answered
 * with a dial by a node without the store, which has not brought that in yet. */
static void begin_in_overlap(void)
{
    strcpy(w->roster.tenant, "acme");
    w->chains[0].steps[0].operators[1] = AT_BACKUP;
    w->chains[0].steps[0].operator_count = 2;
    w->chains[0].steps[0].how = RING_OVERLAP;
    world_call(w, ANNA);
    cascade = world_cascade(w)->id;
}

static struct event of_dial(enum event_kind kind, const char *digits)
{
    struct event e = leg(kind, digits);

    e.to = SPAN(PRIMARY);
    e.attempt = 0;
    return e;
}

static void assert_taken_by_dial(const char *who)
{
    const struct cascade *k = world_cascade(w);

    assert_int_equal(k->state, CASCADE_ACCEPTED);
    assert_string_equal(k->accepted_by, who);
    assert_false(k->conference);
    assert_int_equal(k->watch_ms, 0);
    for (int i = 0; i < k->plan->count; i++)
        assert_true(!overlap_wants_leg(k, i, w->now_ms) && !k->plan->rungs[i].overlaps);
}

static void a_leg_of_a_dial_is_let_in_though_the_step_overlaps(void **unused)
{
    (void)unused;
    begin_in_overlap();
    struct event first = call(-1, NULL);
    first.sid = arena_copy(w->arena, span_of(w->call));
    struct spool spool = {.count = 0}, none = {.count = 0};
    struct answer told;
    keep(&spool, first, &told);
    assert_int_equal(told.kind, ANSWER_RING);
    w->now_ms += 3 * S;
    assert_int_equal(world_do(w, of_dial(EVENT_SCREEN, NULL)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_REACHED);
    assert_int_equal(world_do(w, of_dial(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_taken_by_dial(world_id(AT_PRIMARY));
    assert_int_equal(world_do(w, of_dial(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT); /* once more */
    bring_in(&spool, &none, 0);
    assert_taken_by_dial(world_id(AT_PRIMARY));
    assert_int_equal(world_noted(w, "forward"), 1);
}

static void assert_dial_rings(void)
{
    const struct cascade *k = world_cascade(w);

    assert_int_equal(k->state, CASCADE_RINGING);
    assert_int_equal(k->attempt, 0);
    assert_int_equal(k->plan->rungs[0].state, RUNG_TOLD);
    for (int i = 0; i < k->plan->count; i++)
        assert_false(k->plan->rungs[i].overlaps);
    assert_int_equal(k->watch_ms, 0); /* nobody is added */
}

/* What the other node has answered is brought in, and once more, which changes nothing. */
static void bring_in_the_dial(void)
{
    struct event first = call(-1, NULL);
    struct spool spool = {.count = 0}, none = {.count = 0};
    struct answer told;

    first.sid = arena_copy(w->arena, span_of(w->call));
    keep(&spool, first, &told);
    w->now_ms += S;
    for (int i = 0; i < 2; i++) {
        spool.next = 0;
        bring_in(&spool, &none, 0);
        assert_dial_rings();
        assert_int_equal(world_cascade(w)->ring_s, told.ring_s);
    }
}

static void a_dial_that_took_the_place_of_a_step_lets_its_leg_in(void **unused)
{
    (void)unused;
    begin_in_overlap();
    bring_in_the_dial();
    assert_int_equal(world_do(w, of_dial(EVENT_SCREEN, NULL)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_int_equal(world_do(w, of_dial(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_taken_by_dial(world_id(AT_PRIMARY));
}

static const struct outbox *row_of(enum outbox_kind kind, const char *to)
{
    const struct outbox *o = NULL;

    for (size_t at = 0; (o = world_row(w, FACT_OUTBOX, at)); at++)
        if (o->kind == kind && !o->gone && strcmp(o->to, to) == 0)
            return o;
    return NULL;
}

/* He would ring by the dial, and by a call of his own. */
static void a_leg_of_the_step_gives_way_to_the_dial(void **unused)
{
    (void)unused;
    begin_in_overlap();
    const struct message own = {.tenant = WORLD_TENANT, .id = row_of(OUTBOX_CALL, PRIMARY)->id};
    world_claim(w, &own);
    bring_in_the_dial();
    assert_false(overlap_wants_leg(world_cascade(w), 0, w->now_ms));
    struct event apart = of_dial(EVENT_PRESS, "1");
    apart.apart = true;
    assert_int_equal(world_do(w, apart), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SAY); /* too late */
    world_sent(w, &own, SENT_ACCEPTED);
    assert_non_null(row_of(OUTBOX_UPDATE, world_cascade(w)->plan->rungs[0].leg)); /* it is ended */
    assert_dial_rings();
}

static void a_key_at_once_ends_the_step_that_overlaps(void **unused)
{
    (void)unused;
    begin_in_overlap();
    w->now_ms += 3 * S;
    assert_int_equal(world_do(w, of_dial(EVENT_PRESS, "1")), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_taken_by_dial(world_id(AT_PRIMARY));
}

static void a_talk_of_which_its_dial_alone_tells_ends_the_step(void **unused)
{
    (void)unused;
    begin_in_overlap();
    w->now_ms += MIN;
    struct event over = call(1, "completed");
    over.sid = arena_copy(w->arena, span_of(w->call));
    over.bridged = true;
    assert_int_equal(world_do(w, over), ERR_NONE);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
    assert_string_equal(world_cascade(w)->accepted_by, world_id(AT_PRIMARY));
    assert_int_equal(world_cascade(w)->watch_ms, 0);
    assert_false(world_cascade(w)->plan->rungs[0].overlaps); /* its own leg is wanted no more */
}

static void a_dial_that_is_over_rings_the_next_one_though_the_step_overlaps(void **unused)
{
    (void)unused;
    begin_in_overlap();
    w->now_ms += 15 * S;
    struct event over = call(1, "no-answer");
    over.sid = arena_copy(w->arena, span_of(w->call));
    assert_int_equal(world_do(w, over), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.numbers[0].attempt, 1);
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_MISSED);
    assert_int_equal(world_cascade(w)->attempt, 1);
    assert_int_equal(world_cascade(w)->watch_ms, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_is_taken_is_so_by_whichever_nodes),
        cmocka_unit_test(a_voicemail_is_heard_of_by_whichever_nodes),
        cmocka_unit_test(a_call_that_was_given_up_is_known_by_whichever_nodes),
        TEST(who_comes_second_is_told_so),
        TEST(the_next_one_who_is_rung_here_gets_his_pre_alert),
        TEST(a_call_of_long_ago_is_not_begun_again),
        TEST(a_leg_of_a_dial_is_let_in_though_the_step_overlaps),
        TEST(a_dial_that_took_the_place_of_a_step_lets_its_leg_in),
        TEST(a_leg_of_the_step_gives_way_to_the_dial),
        TEST(a_key_at_once_ends_the_step_that_overlaps),
        TEST(a_talk_of_which_its_dial_alone_tells_ends_the_step),
        TEST(a_dial_that_is_over_rings_the_next_one_though_the_step_overlaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
