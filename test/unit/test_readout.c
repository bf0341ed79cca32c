#include "core_world.h"

#include "relay/readout.h"

static struct world *const w = &world_shared;

static size_t calls_to(const char *phone)
{
    struct message *m;
    size_t n = 0;

    for (size_t i = 0; (m = world_to(w, phone, i)) != NULL; i++)
        n += m->kind == MESSAGE_SPOKEN;
    return n;
}

static void the_call_reads_the_text_out(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const int64_t due_ms = world_relay(w)->due_ms;
    struct message *lost = world_to(w, PRIMARY, 0);
    world_receipt(w, lost, DELIVERY_UNDELIVERED);
    size_t i = 0;
    while (world_to(w, PRIMARY, i)->kind != MESSAGE_SPOKEN)
        i++;
    const struct message *m = world_to(w, PRIMARY, i);
    const struct outbox *o = world_outbox(w, m->id);
    assert_int_equal(o->kind, OUTBOX_CALL);
    assert_int_equal(o->class, OUTBOX_URGENT);
    assert_int_equal(o->expires_ms, due_ms);
    assert_true(o->again);
    assert_string_equal(o->account, "AC1");
    assert_string_equal(o->from, LINE);
    assert_string_equal(o->to, PRIMARY);
    assert_string_equal(m->operator_id, "primary");
    assert_int_equal(m->relay, world_relay(w)->id);
    assert_int_equal(m->thread, lost->thread);
    SAYS(m, "Acme. From 1 3 1 2 5 5 5 0 1 2 1");
    SAYS(m, "no heat");
    SAYS(m, "\nPress 1 to take it, 2 to pass it on.");
    assert_int_equal(world_logged(w, "relay.read-out"), 1);
}

static void one_call_a_step_however_many_texts_are_lost(void **unused)
{
    (void)unused;
    w->chains[0].step_count = 1;
    world_text(w, ANNA, "no heat");
    struct message *first = world_last_to(w, PRIMARY);
    world_text(w, ANNA, "and no light");
    struct message *second = world_last_to(w, PRIMARY);
    world_receipt(w, first, DELIVERY_UNDELIVERED);
    world_receipt(w, second, DELIVERY_UNDELIVERED);
    assert_int_equal(calls_to(PRIMARY), 1);
    SAYS(world_last_to(w, PRIMARY), "and no light");
}

static void a_long_text_is_cut(void **unused)
{
    (void)unused;
    char *body = arena_alloc(w->arena, 1501);

    memset(body, 'x', 1500);
    body[1500] = 0;
    world_text(w, ANNA, body);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(calls_to(PRIMARY), 1);
    for (size_t i = 0; i < world_count_to(w, PRIMARY); i++) {
        const struct message *m = world_to(w, PRIMARY, i);
        if (m->kind == MESSAGE_SPOKEN)
            assert_in_range(m->body.size, 600, 800);
    }
}

static void a_step_is_lost_when_nobody_of_it_is_told(void **unused)
{
    (void)unused;
    static const struct {
        enum rung_state a, b;
        bool lost;
    } rows[] = {
        {RUNG_TOLD, RUNG_FAILED, false},  {RUNG_FAILED, RUNG_REACHED, false},
        {RUNG_FAILED, RUNG_FAILED, true}, {RUNG_FAILED, RUNG_WAITING, true},
        {RUNG_MISSED, RUNG_PASSED, true},
    };
    struct plan plan = {.count = 3};
    const struct relay r = {.state = RELAY_OPEN, .step = 1, .plan = &plan};

    plan.rungs[0].state = RUNG_TOLD; /* of an earlier step */
    plan.rungs[1].step = plan.rungs[2].step = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        plan.rungs[1].state = rows[i].a;
        plan.rungs[2].state = rows[i].b;
        if (readout_step_is_lost(&r) != rows[i].lost)
            fail_msg("%s and %s", rung_state_name(rows[i].a), rung_state_name(rows[i].b));
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_call_reads_the_text_out),
        TEST(one_call_a_step_however_many_texts_are_lost),
        TEST(a_long_text_is_cut),
        TEST(a_step_is_lost_when_nobody_of_it_is_told),
    };

    return cmocka_run_group_tests_name("readout", tests, NULL, NULL);
}
