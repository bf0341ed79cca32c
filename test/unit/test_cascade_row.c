#include "core_world.h"

#include "call/cascade_row.h"

static struct world *const w = &world_shared;

static struct context context(void)
{
    static struct event none;

    return (struct context){.facts = &w->facts, .roster = &w->roster, .event = &none};
}

static void only_what_rings_or_is_asked_is_on(void **unused)
{
    (void)unused;
    for (enum rung_state s = RUNG_WAITING; s < RUNG_STATES; s++) {
        const struct rung r = {.state = s};
        assert_int_equal(cascade_row_is_on(&r), s == RUNG_TOLD || s == RUNG_REACHED);
    }
}

static void a_group_ends_where_the_next_step_begins(void **unused)
{
    (void)unused;
    struct plan plan = {.count = 4, .rungs = {{.step = 0}, {.step = 1}, {.step = 1}, {.step = 2}}};
    static const int ends[] = {1, 3, 3, 4};

    for (int i = 0; i < 4; i++) {
        const struct cascade k = {.plan = &plan, .attempt = (uint8_t)i};
        assert_int_equal(cascade_row_group_end(&k), ends[i]);
    }
}

static const struct appended *added(size_t index)
{
    const struct appended *a = w->facts.added;

    while (a && index--)
        a = a->next;
    return a;
}

static void a_note_says_who_and_which_call(void **unused)
{
    (void)unused;
    struct plan plan = {.count = 1, .rungs = {{.operator_id = "primary"}}};
    const struct cascade k = {.id = 7,
                              .tenant = WORLD_TENANT,
                              .call_sid = "CA1",
                              .line = LINE,
                              .caller = ANNA,
                              .plan = &plan};
    const struct context c = context();

    cascade_row_note(&c, &k, "attempt", 0, "once more");
    cascade_row_note(&c, &k, "inbound", -1, "");
    const struct call_event *leg = &added(0)->call_event, *call = &added(1)->call_event;
    assert_int_equal(added(0)->kind, APPEND_CALL_EVENT);
    assert_int_equal(leg->cascade, 7);
    assert_int_equal(leg->at_ms, w->facts.now_ms);
    assert_string_equal(leg->call_sid, "CA1");
    assert_string_equal(leg->line, LINE);
    assert_string_equal(leg->caller, ANNA);
    assert_string_equal(leg->operator_id, "primary");
    assert_true(span_is_text(leg->detail, "once more"));
    assert_int_equal(call->attempt, -1);
    assert_string_equal(call->operator_id, "");
    assert_true(call->id > leg->id);
}

static void a_new_end_replaces_the_old_ones_timer(void **unused)
{
    (void)unused;
    struct cascade k = {.id = 7, .tenant = WORLD_TENANT};
    const struct context c = context();

    cascade_row_end(&c, &k, 5 * S);
    cascade_row_end(&c, &k, 9 * S);
    cascade_row_end(&c, &k, 0);
    static const struct {
        int64_t due_ms;
        bool gone;
    } want[] = {{5 * S, false}, {5 * S, true}, {9 * S, false}, {9 * S, true}};
    for (size_t i = 0; i < 4; i++) {
        const struct appended *a = added(i);
        assert_int_equal(a->kind, APPEND_TIMER);
        assert_int_equal(a->timer.kind, TIMER_CASCADE);
        assert_int_equal(a->timer.subject, 7);
        assert_int_equal(a->timer.due_ms, want[i].due_ms);
        assert_int_equal(a->timer.gone, want[i].gone);
    }
    assert_null(added(4));
    assert_int_equal(k.due_ms, 0);
}

static void words_know_business_customer_and_job(void **unused)
{
    (void)unused;
    const struct cascade k = {.caller = ANNA, .job = "boiler"};
    const struct context c = context();
    const struct words_about about = cascade_row_about(&c, &k);

    assert_true(span_is_text(about.business, "Acme"));
    assert_true(span_is_text(about.customer, ANNA));
    assert_true(span_is_text(about.job, "boiler"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_rings_or_is_asked_is_on),    TEST(a_group_ends_where_the_next_step_begins),
        TEST(a_note_says_who_and_which_call),       TEST(a_new_end_replaces_the_old_ones_timer),
        TEST(words_know_business_customer_and_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
