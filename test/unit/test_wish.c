#include "call/wish.h"

#include "call/call_update.h"
#include "call/overlap.h"
#include "core_world.h"

static struct world *const w = &world_shared;

static struct cascade *call(void)
{
    return world_cascade(w);
}

static const struct rung *rung(int i)
{
    return &call()->plan->rungs[i];
}

static void press(const char *phone, enum link_action action)
{
    world_link(w, world_to(w, phone, 0), action);
}

static void assert_done(const char *words)
{
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_non_null(strstr(arena_text(w->arena, w->answer.words), words));
}

static void assert_rings(int i, const char *operator_id, int ring_s)
{
    assert_int_equal(call()->state, CASCADE_RINGING);
    assert_int_equal(call()->attempt, i);
    assert_string_equal(rung(i)->operator_id, operator_id);
    assert_int_equal(rung(i)->state, RUNG_TOLD);
    assert_int_equal(call()->ring_s, ring_s);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.number_count, 1);
}

static struct outbox *update(void)
{
    struct outbox *o = NULL;

    for (size_t at = 0; (o = world_row(w, FACT_OUTBOX, at)); at++)
        if (o->kind == OUTBOX_UPDATE && !o->gone)
            return o;
    return NULL;
}

/* ---- take ---- */

static void who_takes_while_he_is_rung_is_rung_once_more(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    press(PRIMARY, LINK_TAKE);
    assert_done("rings");
    assert_int_equal(call()->state, CASCADE_RINGING);
    assert_string_equal(call()->accepted_by, "");
    assert_int_equal(rung(0)->state, RUNG_TOLD);
    assert_int_equal(world_logged(w, "call.wished"), 1);
    press(PRIMARY, LINK_TAKE);
    assert_done("rings");
    assert_int_equal(w->changes, 0);
    world_wait(w, 15 * S);
    world_dialled(w, 0, "no-answer");
    assert_rings(1, "primary", 30);
    assert_int_equal(rung(0)->state, RUNG_MISSED);
    press(PRIMARY, LINK_TAKE);
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_count_to(w, PRIMARY), 1); /* he knows of it */
    world_wait(w, 20 * S);
    world_dialled(w, 1, "no-answer");
    assert_rings(2, "backup", 15);
    press(PRIMARY, LINK_TAKE);
    assert_done("once more");
    assert_int_equal(w->changes, 0);
    assert_int_equal(call()->plan->count, 4);
}

static void press_1_still_decides(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    press(PRIMARY, LINK_TAKE);
    world_leg(w, 0, "CAleg", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_string_equal(call()->accepted_by, "primary");
    press(PRIMARY, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->changes, 0);
}

static void take_before(void)
{
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press(PRIMARY, LINK_TAKE);
    assert_done("next");
    assert_int_equal(call()->attempt, 1);
    assert_int_equal(rung(1)->state, RUNG_TOLD);
}

static void the_present_dial_goes_on_and_the_others_keep_their_places(void **unused)
{
    (void)unused;
    take_before();
    press(PRIMARY, LINK_TAKE);
    assert_int_equal(w->changes, 0);
    press(BACKUP, LINK_TAKE); /* he is rung now */
    world_dialled(w, 1, "busy");
    assert_rings(2, "primary", 30);
    world_dialled(w, 2, "no-answer");
    assert_rings(3, "backup", 30);
    world_dialled(w, 3, "no-answer");
    assert_string_equal(rung(4)->operator_id, "owner");
    assert_int_equal(call()->attempt, 4);
    world_dialled(w, 4, "no-answer");
    assert_int_equal(call()->state, CASCADE_VOICEMAIL);
}

static void who_passed_may_take_it_still(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press(BACKUP, LINK_PASS);
    world_dialled(w, 1, "no-answer");
    assert_int_equal(call()->attempt, 2);
    press(BACKUP, LINK_TAKE); /* he has thought better of it */
    assert_done("next");
    assert_int_equal(call()->plan->count, 4);
    world_dialled(w, 2, "no-answer");
    assert_rings(3, "backup", 30);
}

static void the_hard_end_cuts_it(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_wait(w, 70 * S);
    world_dialled(w, 0, "no-answer");
    press(PRIMARY, LINK_TAKE);
    world_wait(w, 15 * S);
    world_dialled(w, call()->attempt, "no-answer");
    assert_string_equal(rung(call()->attempt)->operator_id, "primary");
    assert_int_equal(call()->ring_s, 20); /* 105 s after the call came */
}

static void another_link_and_a_call_that_is_over_do_nothing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct message *m = world_to(w, PRIMARY, 0);
    world_call_status(w, "completed", "1");
    world_link(w, m, LINK_TAKE); /* the missed call's relay now */
    assert_string_equal(world_relay(w)->acked_by, "primary");
}

/* ---- pass ---- */

static void who_passes_moves_the_caller_on(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    press(PRIMARY, LINK_PASS);
    assert_done("Passed on.");
    assert_int_equal(rung(0)->state, RUNG_PASSED);
    assert_int_equal(world_logged(w, "call.passed-on"), 1);
    assert_non_null(update());
    assert_string_equal(update()->to, w->call);
    assert_int_equal(update()->rung, 1);
    assert_true(call_update_wants_move(call(), 1));
    press(PRIMARY, LINK_PASS);
    assert_done("Passed on.");
    assert_int_equal(w->changes, 0);
    world_leg(w, 0, "CAlate", "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(call()->state, CASCADE_RINGING);
    world_dialled(w, 0, "");
    assert_rings(1, "backup", 15);
    assert_false(call_update_wants_move(call(), 1));
    world_dialled(w, 0, "no-answer"); /* the dial's own end, late */
    assert_int_equal(call()->attempt, 1);
    press(PRIMARY, LINK_PASS);
    assert_int_equal(w->changes, 0);
}

static void who_is_not_rung_cannot_pass(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press(PRIMARY, LINK_PASS);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->changes, 0);
}

static void together(enum ring_how how)
{
    struct step *s = &w->chains[0].steps[0];

    strcpy(w->roster.tenant, "acme");
    s->operators[1] = AT_BACKUP;
    s->operator_count = 2;
    s->how = how;
    w->chains[0].steps[1].operators[0] = AT_OWNER;
    w->chains[0].step_count = 2;
    world_call(w, ANNA);
}

static void of_two_that_ring_together_the_last_to_pass_moves_him(void **unused)
{
    (void)unused;
    together(RING_PARALLEL);
    press(PRIMARY, LINK_PASS);
    assert_null(update());
    assert_int_equal(rung(1)->state, RUNG_TOLD);
    press(BACKUP, LINK_PASS);
    assert_non_null(update());
    world_dialled(w, 0, "");
    assert_int_equal(call()->attempt, 2);
}

static void of_two_that_ring_together_one_is_rung_again_alone(void **unused)
{
    (void)unused;
    together(RING_PARALLEL);
    press(BACKUP, LINK_TAKE);
    world_wait(w, 15 * S);
    world_dialled(w, 0, "no-answer");
    assert_rings(2, "backup", 30);
    world_dialled(w, 2, "no-answer");
    assert_rings(3, "owner", call()->ring_s);
}

/* ---- overlap ---- */

static void leg_status(int i, const char *what)
{
    const char *sid = arena_printf(w->arena, "CAleg%d", i);
    const struct event e = {.kind = EVENT_CALL_STATUS,
                            .cascade = call()->id,
                            .attempt = i,
                            .sid = span_of(sid),
                            .leg_sid = span_of(sid),
                            .call_status = span_of(what),
                            .sequence = span_of(arena_printf(w->arena, "%s%d", what, i))};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void in_overlap_who_passes_is_ended_and_the_next_begins(void **unused)
{
    (void)unused;
    together(RING_OVERLAP);
    leg_status(0, "ringing");
    press(PRIMARY, LINK_PASS);
    assert_string_equal(update()->to, "CAleg0");
    assert_false(update()->has_rung);
    assert_int_equal(rung(1)->state, RUNG_TOLD);
}

static void in_overlap_a_leg_that_is_known_late_is_ended_late(void **unused)
{
    (void)unused;
    together(RING_OVERLAP);
    press(PRIMARY, LINK_PASS);
    assert_null(update());
    leg_status(0, "ringing");
    assert_string_equal(update()->to, "CAleg0");
}

static void in_overlap_who_takes_is_added_at_once(void **unused)
{
    (void)unused;
    together(RING_OVERLAP);
    leg_status(0, "ringing");
    leg_status(0, "no-answer");
    assert_int_equal(rung(1)->state, RUNG_TOLD);
    const int was_s = call()->ring_s;
    press(PRIMARY, LINK_TAKE);
    assert_int_equal(call()->attempt, 0);
    assert_string_equal(rung(2)->operator_id, "primary");
    assert_true(rung(2)->overlaps);
    assert_int_equal(rung(2)->state, RUNG_TOLD);
    assert_int_equal(call()->ring_s, was_s + 30);
    assert_true(overlap_wants_leg(call(), 2, w->now_ms));
    assert_string_equal(rung(3)->operator_id, "owner");
    assert_int_equal(rung(3)->state, RUNG_WAITING);
    press(PRIMARY, LINK_TAKE);
    assert_int_equal(w->changes, 0);
}

static void in_overlap_who_took_and_lost_his_leg_is_added_again(void **unused)
{
    (void)unused;
    together(RING_OVERLAP);
    leg_status(0, "ringing");
    press(PRIMARY, LINK_TAKE);
    leg_status(0, "no-answer");
    assert_string_equal(rung(1)->operator_id, "primary");
    assert_int_equal(rung(1)->state, RUNG_TOLD);
    assert_string_equal(rung(2)->operator_id, "backup");
    assert_int_equal(rung(2)->state, RUNG_WAITING);
    world_wait(w, 30 * S);
    assert_int_equal(rung(2)->state, RUNG_TOLD);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_takes_while_he_is_rung_is_rung_once_more),
        TEST(press_1_still_decides),
        TEST(the_present_dial_goes_on_and_the_others_keep_their_places),
        TEST(who_passed_may_take_it_still),
        TEST(the_hard_end_cuts_it),
        TEST(another_link_and_a_call_that_is_over_do_nothing),
        TEST(who_passes_moves_the_caller_on),
        TEST(who_is_not_rung_cannot_pass),
        TEST(of_two_that_ring_together_the_last_to_pass_moves_him),
        TEST(of_two_that_ring_together_one_is_rung_again_alone),
        TEST(in_overlap_who_passes_is_ended_and_the_next_begins),
        TEST(in_overlap_a_leg_that_is_known_late_is_ended_late),
        TEST(in_overlap_who_takes_is_added_at_once),
        TEST(in_overlap_who_took_and_lost_his_leg_is_added_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
