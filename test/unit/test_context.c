#include "core_world.h"

static struct world world;

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static const struct context *a_context(void)
{
    static const struct event event = {.kind = EVENT_ACK, .tenant = WORLD_TENANT};
    static struct context c;

    c = (struct context){.facts = &world.facts, .roster = &world.roster, .event = &event};
    return &c;
}

static void a_field_is_cut_at_its_size(void **unused)
{
    (void)unused;
    char field[4];

    CONTEXT_SET(field, SPAN("abc"));
    assert_string_equal(field, "abc");
    CONTEXT_SET(field, SPAN("abcd"));
    assert_string_equal(field, "abc");
    CONTEXT_SET(field, SPAN("ab\xc3\xa4")); /* never within a character */
    assert_string_equal(field, "ab");
    CONTEXT_SET(field, SPAN("a\xc3\xa4"
                            "b"));
    assert_string_equal(field, "a\xc3\xa4");
    CONTEXT_SET(field, SPAN("\xf0\x9f\x94\xa5"));
    assert_string_equal(field, "");
    CONTEXT_SET(field, (struct span){0});
    assert_string_equal(field, "");
}

static void a_name_is_the_rosters_or_the_id(void **unused)
{
    (void)unused;
    assert_string_equal(context_name(a_context(), "backup"), "Bo");
    assert_string_equal(context_name(a_context(), "gone"), "gone");
    assert_int_equal(context_operator(a_context(), "owner"), AT_OWNER);
    assert_int_equal(context_operator(a_context(), "gone"), -1);
    assert_int_equal(context_operator(a_context(), ""), -1);
}

static void without_a_roster_nobody_is_on_it(void **unused)
{
    (void)unused;
    struct context c = *a_context();

    c.roster = NULL;
    assert_int_equal(context_operator(&c, "owner"), -1);
    assert_string_equal(context_name(&c, "owner"), "owner");
}

static void a_log_row_says_who_and_what_and_copies_the_detail(void **unused)
{
    (void)unused;
    char detail[] = "first";

    context_log(a_context(), "x.happened", 3, 4, "backup", detail);
    strcpy(detail, "other");
    context_log(a_context(), "y.happened", 0, 0, NULL, NULL);
    context_alarm(a_context(), "z.happened", 5, 6, detail);

    const struct event_row *x = &world.facts.added->event;
    const struct event_row *y = &world.facts.added->next->event;
    const struct event_row *z = &world.facts.added->next->next->event;
    assert_int_equal(x->tenant, WORLD_TENANT);
    assert_int_equal(x->thread, 3);
    assert_int_equal(x->subject, 4);
    assert_string_equal(x->operator_id, "backup");
    assert_true(span_is_text(x->detail, "first"));
    assert_int_equal(x->at_ms, WORLD_START);
    assert_false(x->alarm);
    assert_string_equal(y->operator_id, "");
    assert_true(x->id < y->id && y->id < z->id);
    assert_true(z->alarm);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_field_is_cut_at_its_size),
        TEST(a_name_is_the_rosters_or_the_id),
        TEST(without_a_roster_nobody_is_on_it),
        TEST(a_log_row_says_who_and_what_and_copies_the_detail),
    };

    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
