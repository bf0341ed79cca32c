#include "core_world.h"

#include "call/call_update.h"
#include "call/overlap.h"

static struct world *const w = &world_shared;

/* Primary, then backup and owner beside him, ten seconds apart; then the spare alone. */
static void in_overlap(void)
{
    struct chain *chain = &w->chains[0];

    memset(chain, 0, sizeof *chain);
    strcpy(w->roster.tenant, "acme");
    chain->step_count = 2;
    chain->steps[0] = (struct step){
        .operators = {AT_PRIMARY, AT_BACKUP, AT_OWNER},
        .operator_count = 3,
        .how = RING_OVERLAP,
        .ring_s = 10,
        .ack_s = 900,
    };
    chain->steps[1] =
        (struct step){.operators = {AT_SPARE}, .operator_count = 1, .ring_s = 20, .ack_s = 900};
}

static void begin(void)
{
    in_overlap();
    world_call(w, ANNA);
}

static struct cascade *call(void)
{
    return world_cascade(w);
}

static enum rung_state rung(int i)
{
    return call()->plan->rungs[i].state;
}

/* The row of a rung's leg, settled or not; NULL: it never was. */
static struct outbox *leg_row(int i)
{
    struct outbox *o = NULL;

    for (size_t at = 0; (o = world_row(w, FACT_OUTBOX, at)); at++)
        if (o->kind == OUTBOX_CALL && o->has_rung && o->rung == i)
            return o;
    return NULL;
}

static void leg_sent(int i, enum sent sent)
{
    const struct message m = {.tenant = WORLD_TENANT, .id = leg_row(i)->id};

    world_sent(w, &m, sent);
}

static const char *leg_sid(int i)
{
    return arena_printf(w->arena, "SMout%lld", (long long)leg_row(i)->id);
}

/* The caller asks for his next turn. */
static void turn(void)
{
    world_dialled(w, call()->attempt - 1, "");
}

static void turns_until(int64_t to_ms)
{
    while (w->now_ms + 4 * S <= to_ms) {
        world_wait(w, 4 * S);
        turn();
    }
    world_go(w, to_ms);
}

static void status(int i, const char *sid, const char *what)
{
    static int sequence;
    const struct event e = {.kind = EVENT_CALL_STATUS,
                            .cascade = call()->id,
                            .attempt = i,
                            .sid = span_of(sid),
                            .leg_sid = span_of(sid),
                            .call_status = span_of(what),
                            .sequence = span_of(arena_printf(w->arena, "%d", ++sequence))};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static const struct outbox *update_of(const char *sid)
{
    const struct outbox *o = NULL;

    for (size_t at = 0; (o = world_row(w, FACT_OUTBOX, at)); at++)
        if (o->kind == OUTBOX_UPDATE && !o->gone && strcmp(o->to, sid) == 0)
            return o;
    return NULL;
}

static bool is_ended(const char *sid)
{
    const struct outbox *o = update_of(sid);

    return o && !o->has_rung;
}

static bool rings(int i)
{
    return leg_row(i) && overlap_wants_leg(call(), i, w->now_ms);
}

static void assert_waits(void)
{
    assert_int_equal(w->answer.kind, ANSWER_WAIT);
    assert_int_equal(w->answer.attempt, call()->attempt);
}

/* ---- phones are added ---- */

static void the_first_rings_and_the_caller_waits(void **unused)
{
    (void)unused;
    begin();
    assert_waits();
    assert_int_equal(w->answer.still.size, 0);
    const struct outbox *o = leg_row(0);
    assert_non_null(o);
    assert_string_equal(o->to, PRIMARY);
    assert_string_equal(o->from, LINE);
    assert_true(span_is_text(o->body, "acme"));
    assert_int_equal(o->expires_ms, w->now_ms + 30 * S);
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_count_to(w, BACKUP), 0);
    assert_null(leg_row(1));
    assert_int_equal(rung(1), RUNG_WAITING);
}

static void each_next_one_is_added_in_time(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 10 * S - 1);
    assert_null(leg_row(1));
    turns_until(WORLD_START + 10 * S);
    assert_true(rings(1));
    assert_int_equal(world_count_to(w, BACKUP), 1);
    assert_int_equal(rung(0), RUNG_TOLD);
    turns_until(WORLD_START + 20 * S);
    assert_true(rings(2));
    turn();
    assert_waits();
}

static void the_step_ends_when_the_last_has_had_his_time(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < 3; i++) {
        turns_until(WORLD_START + i * 10 * S);
        leg_sent(i, SENT_ACCEPTED);
    }
    turns_until(WORLD_START + 30 * S - 1);
    assert_waits();
    world_wait(w, 1);
    turn();
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(span_is_text(w->answer.numbers[0].number, SPARE));
    assert_int_equal(call()->attempt, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rung(i), RUNG_MISSED);
        assert_true(is_ended(leg_sid(i)));
    }
    assert_int_equal(call()->watch_ms, 0);
}

static void a_leg_that_ends_early_lets_the_next_begin_at_once(void **unused)
{
    static const struct {
        const char *status;
        enum rung_state state;
    } rows[] = {{"busy", RUNG_BUSY},
                {"failed", RUNG_FAILED},
                {"no-answer", RUNG_MISSED},
                {"canceled", RUNG_MISSED},
                {"completed", RUNG_MISSED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_tear_down(unused);
        world_set_up(unused);
        begin();
        leg_sent(0, SENT_ACCEPTED);
        world_wait(w, 2 * S);
        status(0, leg_sid(0), rows[i].status);
        assert_int_equal(rung(0), rows[i].state);
        assert_true(rings(1));
        assert_int_equal(world_count_to(w, BACKUP), 1);
        assert_int_equal(leg_row(1)->expires_ms, w->now_ms + 20 * S); /* and the owner's ten */
    }
}

static void pass_on_rings_the_next_now(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_wait(w, 3 * S);
    world_leg(w, 0, leg_sid(0), NULL);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    world_leg(w, 0, leg_sid(0), "2");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(rung(0), RUNG_PASSED);
    assert_true(rings(1));
}

static void a_leg_that_is_refused_lets_the_next_begin(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_REFUSED);
    assert_int_equal(rung(0), RUNG_FAILED);
    assert_true(rings(1));
    leg_sent(1, SENT_REFUSED);
    leg_sent(2, SENT_REFUSED);
    turn(); /* nobody is left of the step */
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(span_is_text(w->answer.numbers[0].number, SPARE));
}

static void a_leg_that_was_not_sent_is_tried_again(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_RETRY);
    assert_int_equal(leg_row(0)->state, OUTBOX_QUEUED);
    assert_false(leg_row(0)->gone);
    assert_true(leg_row(0)->due_ms > w->now_ms);
    assert_int_equal(rung(0), RUNG_TOLD);
}

static void steps_are_cut_to_the_cap_and_shared(void **unused)
{
    (void)unused;
    in_overlap();
    w->roster.wait_s = 25; /* the spare keeps ten: fifteen for three */
    world_call(w, ANNA);
    assert_int_equal(call()->ring_s, 15);
    turns_until(WORLD_START + 5 * S);
    assert_true(leg_row(1) != NULL);
    turns_until(WORLD_START + 10 * S);
    assert_true(leg_row(2) != NULL);
    turns_until(WORLD_START + 15 * S);
    turn();
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_left_the_roster_is_passed_over(void **unused)
{
    (void)unused;
    begin();
    w->people[AT_BACKUP].id[0] = 'x';
    turns_until(WORLD_START + 10 * S);
    assert_null(leg_row(1));
    assert_int_equal(rung(1), RUNG_FAILED);
    assert_true(rings(2));
}

static void a_step_of_one_rings_as_any(void **unused)
{
    (void)unused;
    in_overlap();
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(call()->plan->rungs[0].overlaps, false);
}

/* ---- who takes it ---- */

static void the_first_accepts(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_wait(w, 3 * S);
    world_leg(w, 0, leg_sid(0), NULL);
    world_leg(w, 0, leg_sid(0), "1");
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
    assert_true(w->answer.for_leg);
    assert_string_equal(call()->accepted_by, "primary");
    const struct outbox *move = update_of(w->call);
    assert_true(move && move->has_rung);
    assert_int_equal(move->rung, 0);
    assert_true(call_update_wants_move(call(), 0));
    turn();
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
    assert_false(w->answer.for_leg);
    assert_false(call_update_wants_move(call(), 0)); /* he is there */
    assert_int_equal(call()->watch_ms, 0);
    world_leg(w, 0, leg_sid(0), "1"); /* once more */
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
    world_dialled(w, 0, "answered");
    assert_int_equal(call()->outcome, OUTCOME_ANSWERED);
    assert_true(is_ended(leg_sid(0)));
}

static void the_second_accepts_while_the_first_rings(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 12 * S);
    leg_sent(1, SENT_ACCEPTED);
    world_leg(w, 1, leg_sid(1), NULL);
    world_leg(w, 1, leg_sid(1), "1");
    assert_string_equal(call()->accepted_by, "backup");
    assert_true(is_ended(leg_sid(0)));
    assert_false(is_ended(leg_sid(1)));
    SAYS(world_last_to(w, PRIMARY), "Bo has taken the call");
    assert_null(leg_row(2));
    assert_int_equal(world_count_to(w, OWNER), 0);
}

static void both_press_and_one_has_it(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 12 * S);
    leg_sent(1, SENT_ACCEPTED);
    world_leg(w, 0, leg_sid(0), NULL);
    world_leg(w, 1, leg_sid(1), NULL);
    world_leg(w, 1, leg_sid(1), "1");
    assert_false(is_ended(leg_sid(0))); /* he hears it when he presses */
    world_leg(w, 0, leg_sid(0), "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, "Bo", 2));
    assert_string_equal(call()->accepted_by, "backup");
}

static void a_lost_update_costs_one_turn(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_wait(w, 3 * S);
    world_leg(w, 0, leg_sid(0), "1");
    const struct message m = {.tenant = WORLD_TENANT, .id = update_of(w->call)->id};
    world_sent(w, &m, SENT_UNSURE);
    assert_non_null(update_of(w->call)); /* it is safe to send it again */
    assert_int_equal(update_of(w->call)->state, OUTBOX_QUEUED);
    world_sent(w, &m, SENT_REFUSED); /* the call is not in progress */
    assert_null(update_of(w->call));
    world_wait(w, 1 * S);
    turn();
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
}

static void whoever_accepted_and_is_gone_gives_it_back(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_wait(w, 3 * S);
    world_leg(w, 0, leg_sid(0), "1");
    status(0, leg_sid(0), "completed");
    assert_int_equal(call()->state, CASCADE_RINGING);
    assert_string_equal(call()->accepted_by, "");
    assert_int_equal(rung(0), RUNG_MISSED);
    assert_true(rings(1));
    turn();
    assert_waits();
    leg_sent(1, SENT_ACCEPTED);
    world_leg(w, 1, leg_sid(1), "1");
    assert_string_equal(call()->accepted_by, "backup");
}

static void the_caller_is_not_left_alone_with_a_talk_that_is_over(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_leg(w, 0, leg_sid(0), "1");
    turn();
    world_wait(w, 20 * S);
    status(0, leg_sid(0), "completed");
    assert_int_equal(call()->state, CASCADE_ACCEPTED);
    const struct outbox *o = NULL;
    for (size_t i = 0; (o = world_row(w, FACT_OUTBOX, i)); i++)
        if (o->kind == OUTBOX_UPDATE && o->has_rung && o->rung == 1)
            break;
    assert_non_null(o);
    assert_true(o->due_ms > w->now_ms); /* his own request comes first, as a rule */
    world_dialled(w, 0, "");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(call()->outcome, OUTCOME_ANSWERED);
    assert_false(call_update_wants_move(call(), 1));
    assert_false(is_ended(leg_sid(0))); /* he has gone already */
}

/* ---- the caller goes ---- */

static void he_hangs_up_while_they_ring(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 12 * S);
    world_call_status(w, "completed", "1");
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED);
    assert_true(is_ended(leg_sid(0)));
    assert_false(overlap_wants_leg(call(), 1, w->now_ms)); /* its row is dropped */
    assert_int_equal(world_logged(w, "call.missed"), 1);
    leg_sent(1, SENT_ACCEPTED); /* it was on its way */
    assert_true(is_ended(leg_sid(1)));
}

static void he_hangs_up_before_he_comes_to_who_accepted(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_leg(w, 0, leg_sid(0), "1");
    world_call_status(w, "completed", "1");
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED); /* they have not talked */
    assert_true(is_ended(leg_sid(0)));
    assert_int_equal(world_logged(w, "call.missed"), 1);
}

static void he_hangs_up_in_the_talk(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_leg(w, 0, leg_sid(0), "1");
    turn();
    world_call_status(w, "completed", "1");
    assert_int_equal(call()->outcome, OUTCOME_ANSWERED);
    assert_true(is_ended(leg_sid(0)));
    assert_int_equal(world_logged(w, "call.missed"), 0);
}

static void who_asks_no_more_has_gone(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 8 * S);
    world_wait(w, 29 * S); /* no turn since the second at eight */
    assert_int_equal(call()->state, CASCADE_RINGING);
    world_wait(w, 2 * S);
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED);
    assert_true(is_ended(leg_sid(0)));
    turn();
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
}

static void who_never_comes_to_whoever_accepted_has_gone(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    turns_until(WORLD_START + 4 * S);
    world_leg(w, 0, leg_sid(0), "1");
    world_wait(w, 30 * S);
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED);
    assert_true(is_ended(leg_sid(0)));
}

static void a_long_greeting_is_no_absence(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    world_wait(w, 40 * S);
    assert_int_equal(call()->state, CASCADE_RINGING);
    assert_true(leg_row(2) != NULL);
    world_leg(w, 0, leg_sid(0), "1");
    world_wait(w, 49 * S);
    assert_int_equal(call()->state, CASCADE_ACCEPTED);
    world_wait(w, 1 * S);
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED);
}

static void he_may_choose_from_the_second_step_on(void **unused)
{
    (void)unused;
    begin();
    w->roster.still_trying = true;
    struct chain *chain = &w->chains[0];
    const struct step overlap = chain->steps[0];
    chain->steps[0] = chain->steps[1];
    chain->steps[1] = overlap;
    world_call(w, BORIS);
    world_dialled(w, 0, "no-answer");
    assert_waits();
    assert_true(w->answer.has_choice);
    assert_true(w->answer.still.size > 0);
    turn();
    assert_waits();
    assert_true(w->answer.has_choice);
    assert_int_equal(w->answer.still.size, 0); /* said once */
    leg_sent(1, SENT_ACCEPTED);
    const struct event e = {.kind = EVENT_CHOICE, .cascade = call()->id, .digits = SPAN("1")};
    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(call()->watch_ms, 0);
}

/* A 0 at each turn, in the hope of a human: the voicemail comes all the same. */
static void other_keys_do_not_hold_the_step(void **unused)
{
    (void)unused;
    begin();
    const struct event e = {.kind = EVENT_CHOICE, .cascade = call()->id, .digits = SPAN("0")};

    for (int s = 0; s < 100 && call()->state == CASCADE_RINGING; s += 3) {
        world_wait(w, 3 * S);
        if (overlap_is_on(call()))
            assert_int_equal(world_do(w, e), ERR_NONE);
        else
            world_dialled(w, call()->attempt, "no-answer");
    }
    assert_int_equal(call()->state, CASCADE_VOICEMAIL);
}

/* ---- what is not sure ---- */

static void an_unsure_leg_counts_as_ringing(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_UNSURE);
    assert_int_equal(rung(0), RUNG_TOLD);
    assert_null(leg_row(1));
    assert_true(leg_row(0)->gone); /* never sent twice */
    world_wait(w, 2 * S);
    status(0, "CAlate", "ringing");
    assert_string_equal(call()->plan->rungs[0].leg, "CAlate");
    world_leg(w, 0, "CAlate", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONFERENCE);
}

static void a_request_tells_an_unsure_legs_id_too(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_UNSURE);
    world_leg(w, 0, "CAlate", NULL);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_string_equal(call()->plan->rungs[0].leg, "CAlate");
    world_leg(w, 0, "CAother", "1"); /* no leg that we made */
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(call()->state, CASCADE_RINGING);
}

static void a_leg_that_is_known_too_late_is_ended(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_UNSURE);
    turns_until(WORLD_START + 12 * S);
    leg_sent(1, SENT_ACCEPTED);
    world_leg(w, 1, leg_sid(1), "1");
    status(0, "CAlate", "ringing");
    assert_true(is_ended("CAlate"));
    status(1, leg_sid(1), "in-progress");
    assert_false(is_ended(leg_sid(1)));
}

static void the_end_may_be_told_before_the_answer_is_there(void **unused)
{
    (void)unused;
    begin();
    status(0, leg_sid(0), "busy");
    assert_int_equal(rung(0), RUNG_BUSY);
    assert_true(rings(1));
    status(0, leg_sid(0), "ringing"); /* late */
    assert_int_equal(rung(0), RUNG_BUSY);
}

static void who_is_being_asked_may_finish(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < 3; i++) {
        turns_until(WORLD_START + i * 10 * S);
        leg_sent(i, SENT_ACCEPTED);
    }
    turns_until(WORLD_START + 28 * S);
    world_leg(w, 2, leg_sid(2), NULL);
    turns_until(WORLD_START + 36 * S);
    assert_waits();
    world_leg(w, 2, leg_sid(2), "1");
    assert_string_equal(call()->accepted_by, "owner");
}

static void a_mailbox_holds_the_step_no_longer_than_that(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < 3; i++) {
        turns_until(WORLD_START + i * 10 * S);
        leg_sent(i, SENT_ACCEPTED);
    }
    world_leg(w, 0, leg_sid(0), NULL);
    turns_until(WORLD_START + 42 * S);
    turn();
    assert_int_equal(w->answer.kind, ANSWER_RING);
    world_leg(w, 0, leg_sid(0), "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY); /* too late: the next step rings */
}

static void the_hard_end_stays(void **unused)
{
    (void)unused;
    begin();
    leg_sent(0, SENT_ACCEPTED);
    w->roster.wait_s = 75;
    while (call()->state == CASCADE_RINGING && call()->attempt < 3) {
        world_wait(w, 4 * S);
        turn();
    }
    world_go(w, WORLD_START + 105 * S);
    assert_int_equal(call()->outcome, OUTCOME_ABANDONED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_rings_and_the_caller_waits),
        TEST(each_next_one_is_added_in_time),
        TEST(the_step_ends_when_the_last_has_had_his_time),
        TEST(a_leg_that_ends_early_lets_the_next_begin_at_once),
        TEST(pass_on_rings_the_next_now),
        TEST(a_leg_that_is_refused_lets_the_next_begin),
        TEST(a_leg_that_was_not_sent_is_tried_again),
        TEST(steps_are_cut_to_the_cap_and_shared),
        TEST(who_left_the_roster_is_passed_over),
        TEST(a_step_of_one_rings_as_any),
        TEST(the_first_accepts),
        TEST(the_second_accepts_while_the_first_rings),
        TEST(both_press_and_one_has_it),
        TEST(a_lost_update_costs_one_turn),
        TEST(whoever_accepted_and_is_gone_gives_it_back),
        TEST(the_caller_is_not_left_alone_with_a_talk_that_is_over),
        TEST(he_hangs_up_while_they_ring),
        TEST(he_hangs_up_before_he_comes_to_who_accepted),
        TEST(he_hangs_up_in_the_talk),
        TEST(who_asks_no_more_has_gone),
        TEST(who_never_comes_to_whoever_accepted_has_gone),
        TEST(a_long_greeting_is_no_absence),
        TEST(he_may_choose_from_the_second_step_on),
        TEST(other_keys_do_not_hold_the_step),
        TEST(an_unsure_leg_counts_as_ringing),
        TEST(a_request_tells_an_unsure_legs_id_too),
        TEST(a_leg_that_is_known_too_late_is_ended),
        TEST(the_end_may_be_told_before_the_answer_is_there),
        TEST(who_is_being_asked_may_finish),
        TEST(a_mailbox_holds_the_step_no_longer_than_that),
        TEST(the_hard_end_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
