#include "call/call_update.h"

#include "core_world.h"

static struct world *const w = &world_shared;
static struct plan plan;

static struct cascade ringing(void)
{
    memset(&plan, 0, sizeof plan);
    plan.count = 2;
    plan.rungs[0].overlaps = plan.rungs[1].overlaps = true;
    return (struct cascade){.id = 7,
                            .tenant = WORLD_TENANT,
                            .account = "AC1",
                            .call_sid = "CAcaller",
                            .line = LINE,
                            .job = "boiler",
                            .plan = &plan};
}

static struct context context(void)
{
    static struct event none;

    return (struct context){
        .facts = &w->facts, .roster = &w->roster, .event = &none, .dice = &w->dice};
}

static struct outbox *row(void)
{
    struct outbox *o = world_row(w, FACT_OUTBOX, 0);

    assert_non_null(o);
    return o;
}

static void an_end_names_the_call_and_nothing_else(void **unused)
{
    (void)unused;
    const struct cascade k = ringing();
    const struct context c = context();

    call_update_end(&c, &k, "CAleg", 2 * S);
    world_commit(w);
    assert_int_equal(row()->kind, OUTBOX_UPDATE);
    assert_int_equal(row()->class, OUTBOX_URGENT);
    assert_string_equal(row()->to, "CAleg");
    assert_string_equal(row()->account, "AC1");
    assert_string_equal(row()->from, LINE);
    assert_false(row()->has_rung);
    assert_int_equal(row()->body.size, 0);
    assert_int_equal(row()->due_ms, WORLD_START + 2 * S);
    assert_int_equal(row()->cascade, 7);
}

static void a_move_names_attempt_and_job(void **unused)
{
    (void)unused;
    const struct cascade k = ringing();
    const struct context c = context();

    call_update_move(&c, &k, 3, 0);
    world_commit(w);
    assert_string_equal(row()->to, "CAcaller");
    assert_true(row()->has_rung);
    assert_int_equal(row()->rung, 3);
    assert_true(span_is_text(row()->body, "boiler"));
    assert_true(row()->expires_ms > row()->due_ms);
}

static void a_move_is_wanted_until_he_has_come(void **unused)
{
    (void)unused;
    struct cascade k = ringing();

    k.attempt = 1;
    assert_false(call_update_wants_move(&k, 1)); /* nobody has accepted */
    plan.rungs[1].overlaps = false;
    assert_true(call_update_wants_move(&k, 2)); /* whoever was rung has passed it on */
    plan.rungs[1].state = RUNG_TOLD;
    assert_false(call_update_wants_move(&k, 2));
    k.state = CASCADE_ACCEPTED;
    assert_true(call_update_wants_move(&k, 1));
    assert_false(call_update_wants_move(&k, 0)); /* of an earlier step */
    k.turn_ms = 5;
    assert_false(call_update_wants_move(&k, 1));
    assert_true(call_update_wants_move(&k, 2)); /* their talk is over */
    k.state = CASCADE_OVER;
    assert_false(call_update_wants_move(&k, 2));
}

static void an_end_is_wanted_while_the_leg_may_live(void **unused)
{
    (void)unused;
    struct cascade k = ringing();

    strcpy(plan.rungs[1].leg, "CAleg");
    assert_true(call_update_wants_end(&k, "CAleg"));
    plan.rungs[1].state = RUNG_ACCEPTED;
    strcpy(k.leg_sid, "CAleg");
    plan.rungs[1].leg[0] = 0; /* its end was told */
    assert_false(call_update_wants_end(&k, "CAleg"));
    assert_true(call_update_wants_end(&k, "CAother")); /* nothing is known of its end */
}

/* clang-format off */
static const struct {
    const char *says;
    enum sent sent;
    int64_t after_ms;
    bool gone;
} answers[] = {
    {"it is done",                              SENT_ACCEPTED, 0,      true},
    {"the call is over already",                SENT_REFUSED,  0,      true},
    {"nothing left: once more",                 SENT_RETRY,    0,      false},
    {"the answer was lost: once more is safe",  SENT_UNSURE,   0,      false},
    {"too late for another try",                SENT_UNSURE,   60 * S, true},
};
/* clang-format on */

static void every_answer(void **unused)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        world_tear_down(unused);
        world_set_up(unused);
        const struct cascade k = ringing();
        const struct context c = context();
        call_update_end(&c, &k, "CAleg", 0);
        world_commit(w);
        const struct message m = {.tenant = WORLD_TENANT, .id = row()->id};
        world_claim(w, &m);
        w->now_ms += answers[i].after_ms;
        world_sent(w, &m, answers[i].sent);
        if (row()->gone != answers[i].gone)
            fail_msg("%s", answers[i].says);
        if (!row()->gone && (row()->state != OUTBOX_QUEUED || row()->due_ms <= w->now_ms))
            fail_msg("%s: not tried again", answers[i].says);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_end_names_the_call_and_nothing_else),
        TEST(a_move_names_attempt_and_job),
        TEST(a_move_is_wanted_until_he_has_come),
        TEST(an_end_is_wanted_while_the_leg_may_live),
        TEST(every_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
