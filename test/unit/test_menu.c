#include "core_world.h"

static struct world *const w = &world_shared;

static bool says(struct span words, const char *part)
{
    return words.size && memmem(words.data, words.size, part, strlen(part)) != NULL;
}

/* An operator's own call, and his key. */
static char mine[LIMIT_SID_SIZE];

static struct cascade *call_of(const char *sid)
{
    for (size_t i = 0; i < world_count(w, FACT_CASCADE); i++) {
        struct cascade *k = world_row(w, FACT_CASCADE, i);
        if (strcmp(k->call_sid, sid) == 0)
            return k;
    }
    return NULL;
}

static void dial(const char *from)
{
    world_call(w, from);
    context_set(mine, sizeof mine, span_of(w->call));
}

static struct event key_event(const char *digits, int attempt)
{
    const struct cascade *k = call_of(mine);

    return (struct event){.kind = EVENT_KEY,
                          .account = SPAN("AC1"),
                          .sid = arena_copy(w->arena, span_of(mine)),
                          .from = arena_copy(w->arena, span_of(k->caller)),
                          .to = SPAN(LINE),
                          .cascade = k->id,
                          .digits = span_of(digits),
                          .attempt = attempt,
                          .round = w->answer.round};
}

static void key(const char *digits)
{
    assert_int_equal(world_do(w, key_event(digits, -1)), ERR_NONE);
}

static void status(const char *sid, const char *call_status)
{
    const struct event e = {.kind = EVENT_CALL_STATUS,
                            .sid = arena_copy(w->arena, span_of(sid)),
                            .call_status = span_of(call_status),
                            .sequence = SPAN("1"),
                            .attempt = -1};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

/* A request of the caller's own call. */
static void request(const char *sid, int attempt, int round, const char *call_status)
{
    const struct cascade *k = call_of(sid);
    const struct event e = {.kind = EVENT_CALL,
                            .account = SPAN("AC1"),
                            .sid = arena_copy(w->arena, span_of(sid)),
                            .from = arena_copy(w->arena, span_of(k->caller)),
                            .to = SPAN(LINE),
                            .call_status = span_of(call_status),
                            .dial_status = SPAN("no-answer"),
                            .attempt = attempt,
                            .round = round};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static size_t updates(const char *sid)
{
    size_t n = 0;

    for (size_t i = 0; i < world_count(w, FACT_OUTBOX); i++) {
        const struct outbox *o = world_row(w, FACT_OUTBOX, i);
        n += o->kind == OUTBOX_UPDATE && strcmp(o->to, sid) == 0;
    }
    return n;
}

static void assert_meets(const struct cascade *k)
{
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
    assert_int_equal(w->answer.id, k->id);
}

/* Anna rings, and the backup, whose turn it is not, takes her by his own call. */
static struct cascade *taken(void)
{
    world_call(w, ANNA);
    struct cascade *k = world_cascade(w);
    dial(BACKUP);
    key("1");
    assert_meets(k);
    assert_true(w->answer.for_leg);
    return k;
}

/* ---- the waiting caller ---- */

static void he_hears_who_waits(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call(w, BORIS);
    dial(BACKUP);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_true(says(w->answer.words, "Acme. A caller waits, the number ends in 0 1 2 1."));
    assert_false(says(w->answer.words, "5 5 5")); /* no more of it: his number may be forged */
    assert_int_equal(w->answer.round, 1);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void one_takes_the_oldest(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    assert_int_equal(k->state, CASCADE_ACCEPTED);
    assert_string_equal(k->accepted_by, "backup");
    assert_string_equal(k->leg_sid, mine);
    assert_true(k->conference);
    assert_int_equal(updates(k->call_sid), 1);
    SAYS(world_last_to(w, PRIMARY), "Bo has taken the call");
    SAYS(world_last_to(w, BACKUP), "If it was not you");
    assert_int_equal(call_of(mine)->state, CASCADE_MENU);
    world_again(w, key_event("1", -1)); /* a repeat */
    assert_int_equal(w->changes, 0);
    assert_meets(k);
}

static void the_caller_comes_when_his_call_is_moved(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    request(k->call_sid, 0, 0, "in-progress");
    assert_meets(k);
    assert_false(w->answer.for_leg);
    const int round = w->answer.round;
    assert_int_not_equal(k->turn_ms, 0);
    world_wait(w, 60 * S);
    request(k->call_sid, 1, round, "in-progress"); /* the conference is over */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(k->outcome, OUTCOME_ANSWERED);
    assert_int_equal(updates(mine), 1); /* nobody is left alone */
    status(mine, "completed");
    assert_int_equal(call_of(mine)->outcome, OUTCOME_MENU);
}

static void or_when_his_dial_ends(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    world_wait(w, 14 * S);
    request(k->call_sid, 1, 0, "in-progress");
    assert_meets(k);
    request(k->call_sid, 1, 0, "in-progress"); /* the carrier repeats it */
    assert_meets(k);
    assert_int_equal(k->state, CASCADE_ACCEPTED);
}

static void of_two_accepts_one_wins(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct cascade *k = world_cascade(w);
    dial(BACKUP);
    const struct event press = {.kind = EVENT_PRESS,
                                .cascade = k->id,
                                .attempt = 0,
                                .leg_sid = SPAN("CAleg"),
                                .digits = SPAN("1")};
    w->batch = true;
    key("1");
    assert_int_equal(world_do(w, press), ERR_NONE);
    assert_true(says(w->answer.words, "Bo has taken"));
    w->batch = false;
    world_commit(w);
    assert_string_equal(world_cascade(w)->call_sid, mine);
    assert_string_equal(k->accepted_by, "backup");
}

static void who_comes_too_late_is_asked_anew(void **unused)
{
    (void)unused;
    world_call(w, BORIS);
    world_call_status(w, "completed", "1"); /* whom he could call back */
    world_call(w, ANNA);
    const int64_t annas = world_cascade(w)->id;
    dial(BACKUP);
    const struct event late = key_event("1", -1);
    const struct event press = {.kind = EVENT_PRESS,
                                .cascade = annas,
                                .attempt = 0,
                                .leg_sid = SPAN("CAleg"),
                                .digits = SPAN("1")};
    assert_int_equal(world_do(w, press), ERR_NONE);
    assert_int_equal(world_do(w, late), ERR_NONE); /* he is not connected to somebody else */
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_true(says(w->answer.words, "Nobody waits"));
    assert_int_equal(w->answer.round, 0);
}

static void he_hangs_up_before_they_meet(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    world_wait(w, 2 * S);
    status(mine, "completed");
    assert_int_equal(k->state, CASCADE_RINGING);
    assert_int_equal(k->accepted_by[0], 0);
    world_wait(w, 10 * S);
    request(k->call_sid, 1, 0, "in-progress"); /* the dial that went on */
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.attempt, 1);
    assert_true(span_is_text(w->answer.numbers[0].number, BACKUP));
}

static void then_whose_phone_still_rings_may_take_her(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    const struct event press = {.kind = EVENT_PRESS,
                                .cascade = k->id,
                                .attempt = 0,
                                .leg_sid = SPAN("CAleg"),
                                .digits = SPAN("1")};

    status(mine, "completed"); /* before the carrier could move her call: her dial goes on */
    assert_int_equal(world_do(w, press), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_string_equal(k->accepted_by, "primary");
}

static void the_caller_hangs_up_before_they_meet(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    status(k->call_sid, "completed");
    assert_int_equal(k->outcome, OUTCOME_ABANDONED);
    assert_non_null(world_relay(w));
    assert_int_equal(updates(mine), 1); /* he is not left alone */
}

static void the_end_of_the_dial_of_who_hung_up_is_no_coming(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    request(k->call_sid, 1, 0, "completed");
    assert_int_equal(k->outcome, OUTCOME_ABANDONED);
}

static void he_is_over_when_they_have_met(void **unused)
{
    (void)unused;
    struct cascade *k = taken();
    request(k->call_sid, 0, 0, "in-progress");
    status(mine, "completed");
    assert_int_equal(k->state, CASCADE_ACCEPTED); /* the conference's end says it */
    assert_int_equal(updates(k->call_sid), 2);    /* and if that is lost, this does */
}

static void his_own_ringing_call_is_none_that_waits(void **unused)
{
    (void)unused;
    dial(BACKUP);
    key("2");
    assert_int_equal(w->answer.kind, ANSWER_RING);
    dial(BACKUP);
    assert_true(says(w->answer.words, "Nobody waits, and there is nobody"));
}

/* The phones of a step that overlaps are calls of their own: they are ended. */
static void he_takes_one_whose_phones_overlap(void **unused)
{
    (void)unused;
    strcpy(w->roster.tenant, "acme");
    w->chains[0].step_count = 1;
    w->chains[0].steps[0] = (struct step){.operators = {AT_PRIMARY, AT_OWNER},
                                          .operator_count = 2,
                                          .how = RING_OVERLAP,
                                          .ring_s = 10,
                                          .ack_s = 900};
    world_call(w, ANNA);
    struct cascade *k = world_cascade(w);
    const struct event rings = {.kind = EVENT_CALL_STATUS,
                                .cascade = k->id,
                                .sid = SPAN("CAleg0"),
                                .leg_sid = SPAN("CAleg0"),
                                .call_status = SPAN("ringing"),
                                .sequence = SPAN("1")};
    assert_int_equal(world_do(w, rings), ERR_NONE);
    dial(BACKUP);
    key("1");
    assert_meets(k);
    assert_int_equal(updates("CAleg0"), 1);
    assert_int_equal(updates(k->call_sid), 1);
    request(k->call_sid, 0, 0, "in-progress");
    assert_meets(k);
    status(mine, "completed");
    request(k->call_sid, 1, 0, "in-progress");
    assert_int_equal(k->outcome, OUTCOME_ANSWERED);
}

static void if_he_leaves_these_ring_on(void **unused)
{
    (void)unused;
    strcpy(w->roster.tenant, "acme");
    w->chains[0].step_count = 1;
    w->chains[0].steps[0] = (struct step){.operators = {AT_PRIMARY, AT_OWNER},
                                          .operator_count = 2,
                                          .how = RING_OVERLAP,
                                          .ring_s = 10,
                                          .ack_s = 900};
    struct cascade *k = taken();
    status(mine, "completed");
    assert_int_equal(k->state, CASCADE_RINGING);
    assert_int_equal(k->plan->rungs[1].state, RUNG_TOLD);
    request(k->call_sid, 0, 0, "in-progress");
    assert_int_equal(w->answer.kind, ANSWER_WAIT);
}

/* ---- the others ---- */

static void two_rings_the_others_without_himself(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    dial(PRIMARY);
    key("2");
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(w->answer.is_answered);
    assert_true(span_is_text(w->answer.numbers[0].number, BACKUP));
    assert_int_equal(call_of(mine)->state, CASCADE_RINGING);
    world_again(w, key_event("2", -1));
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void no_key_ends_it(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    dial(BACKUP);
    key("9");
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_int_equal(w->answer.attempt, 1);
    assert_int_equal(world_do(w, key_event("", 1)), ERR_NONE);
    assert_true(says(w->answer.words, "Goodbye"));
    assert_int_equal(call_of(mine)->outcome, OUTCOME_MENU);
    assert_null(world_relay(w));
}

static void who_hangs_up_has_missed_nothing(void **unused)
{
    (void)unused;
    dial(BACKUP);
    status(mine, "completed");
    assert_int_equal(call_of(mine)->outcome, OUTCOME_MENU);
    assert_null(world_relay(w));
    assert_int_equal(w->timer_count, 0);
}

static void without_the_menu_he_is_a_caller_like_others(void **unused)
{
    (void)unused;
    w->roster.operator_menu = false;
    dial(BACKUP);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

/* ---- the last one back ---- */

static struct message *called_back(const char *by)
{
    dial(by);
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    return world_last_to(w, by);
}

static void a_missed_call_is_called_back(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    dial(SPARE); /* whom nobody has told */
    assert_true(says(w->answer.words, "call the last customer back, the number ends in 0 1 2 1"));
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_true(span_is_text(w->answer.numbers[0].number, ANNA));
    assert_true(span_is_text(w->answer.caller_id, LINE));
    struct message *m = world_last_to(w, SPARE);
    assert_int_equal(m->kind, MESSAGE_CALL_BACK);
    assert_string_equal(m->sid, mine);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    const struct event e = {.kind = EVENT_CALLED,
                            .message = m->id,
                            .sid = arena_copy(w->arena, span_of(mine)),
                            .dial_status = SPAN("completed"),
                            .seconds = 20};
    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "spare");
    status(mine, "completed");
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
}

static void his_own_matter_goes_first(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_ACK,
                                                .relay = world_relay(w)->id,
                                                .operator_id = SPAN("primary")}),
                     ERR_NONE);
    world_wait(w, MIN);
    world_off(w, AT_PRIMARY);
    world_call(w, BORIS); /* the backup's */
    world_call_status(w, "completed", "1");
    world_on(w, AT_PRIMARY);
    called_back(PRIMARY);
    assert_true(span_is_text(w->answer.numbers[0].number, ANNA));
}

static void a_repeat_gives_the_same(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    called_back(PRIMARY);
    world_again(w, key_event("1", -1));
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_CALL);
}

static void who_hangs_up_first_may_be_called_again(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    const struct message *m = called_back(PRIMARY);
    dial(BACKUP);
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_true(says(w->answer.words, "under way already. Press 2 to ring the others."));
    status(m->sid, "completed");
    assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
    called_back(BACKUP);
}

static bool may_not(const char *number)
{
    return strcmp(number, ANNA) != 0;
}

static void who_must_not_be_called_is_not(void **unused)
{
    (void)unused;
    w->may_dial = may_not;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    dial(PRIMARY);
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_true(says(w->answer.words, "no number that can be called"));
    key("2");
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void with_nobody_to_call_he_may_ring_the_others(void **unused)
{
    (void)unused;
    dial(PRIMARY);
    assert_true(says(w->answer.words, "nobody to call back. Press 2"));
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_int_equal(w->answer.attempt, 1);
    key("2");
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_leaves_the_roster_gets_nothing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    dial(BACKUP);
    strcpy(w->people[AT_BACKUP].phone, "+13125550199");
    key("1");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(((struct cascade *)world_row(w, FACT_CASCADE, 0))->state, CASCADE_RINGING);
}

static int set_up(void **state)
{
    const int e = world_set_up(state);

    w->roster.operator_menu = true;
    return e;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(he_hears_who_waits),
        TEST(one_takes_the_oldest),
        TEST(the_caller_comes_when_his_call_is_moved),
        TEST(or_when_his_dial_ends),
        TEST(of_two_accepts_one_wins),
        TEST(who_comes_too_late_is_asked_anew),
        TEST(he_hangs_up_before_they_meet),
        TEST(then_whose_phone_still_rings_may_take_her),
        TEST(the_caller_hangs_up_before_they_meet),
        TEST(the_end_of_the_dial_of_who_hung_up_is_no_coming),
        TEST(he_is_over_when_they_have_met),
        TEST(his_own_ringing_call_is_none_that_waits),
        TEST(he_takes_one_whose_phones_overlap),
        TEST(if_he_leaves_these_ring_on),
        TEST(two_rings_the_others_without_himself),
        TEST(no_key_ends_it),
        TEST(who_hangs_up_has_missed_nothing),
        TEST(without_the_menu_he_is_a_caller_like_others),
        TEST(a_missed_call_is_called_back),
        TEST(his_own_matter_goes_first),
        TEST(a_repeat_gives_the_same),
        TEST(who_hangs_up_first_may_be_called_again),
        TEST(who_must_not_be_called_is_not),
        TEST(with_nobody_to_call_he_may_ring_the_others),
        TEST(who_leaves_the_roster_gets_nothing),
    };

    return cmocka_run_group_tests_name("menu", tests, NULL, NULL);
}
