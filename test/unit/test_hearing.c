#include "core_world.h"

#include "call/hearing.h"

static struct world *const w = &world_shared;

static const struct script_use *use(enum script_kind kind, bool later)
{
    const struct script_use *u = w->answer.script;

    assert_non_null(u);
    assert_int_equal(u->kind, kind);
    assert_int_equal(u->later, later);
    return u;
}

static void field(const struct script_use *u, enum script_field f, const char *want)
{
    if (!span_is_text(u->values[f], want))
        fail_msg("%s is '%.*s'", script_field_name(f), SPAN_ARG(u->values[f]));
}

static void a_call_that_comes_in_goes_by_its_script(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct script_use *u = use(SCRIPT_INBOUND_ROUTING, false);
    field(u, SCRIPT_BUSINESS, w->roster.name);
    field(u, SCRIPT_CALLER, "1 3 1 2 5 5 5 0 1 2 1");
    field(u, SCRIPT_CALLER_NAME, "1 3 1 2 5 5 5 0 1 2 1");
    field(u, SCRIPT_LINE, "1 3 1 2 5 5 5 0 1 0 0");
    field(u, SCRIPT_JOB, "");
}

static void a_withheld_number_is_words(void **unused)
{
    (void)unused;
    world_call(w, "anonymous");
    field(use(SCRIPT_INBOUND_ROUTING, false), SCRIPT_CALLER, "a withheld number");
}

static void the_next_step_is_later(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_dialled(w, 1, "no-answer");
    use(SCRIPT_INBOUND_ROUTING, true);
}

static void whoever_picks_up_is_greeted_by_name_once(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg", NULL);
    field(use(SCRIPT_SCREEN, false), SCRIPT_OPERATOR, w->people[AT_PRIMARY].name);
    world_leg(w, 0, "CAleg", "5");
    use(SCRIPT_SCREEN, true);
}

static void an_accept_is_no_scripts_matter(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg", "1");
    assert_null(w->answer.script);
}

static void the_end_of_the_chain_is_the_voicemails(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    for (int attempt = 1; attempt < 5 && w->answer.kind == ANSWER_RING; attempt++)
        world_dialled(w, attempt, "busy");
    use(SCRIPT_VOICEMAIL, false);
}

static void nobody_on_duty_is_the_closed_ones(void **unused)
{
    (void)unused;
    for (int who = 0; who < WORLD_PEOPLE; who++)
        world_off(w, who);
    world_call(w, ANNA);
    use(SCRIPT_CLOSED, false);
}

static void who_had_to_press_a_key_hears_it_then(void **unused)
{
    (void)unused;
    w->roster.screening = SCREENING_VOICEMAIL;
    world_call(w, ANNA);
    assert_null(w->answer.script);
    struct event e = {.kind = EVENT_KEY,
                      .cascade = world_cascade(w)->id,
                      .sid = arena_copy(w->arena, span_of(w->call)),
                      .digits = SPAN("1"),
                      .attempt = -1};
    assert_int_equal(world_do(w, e), ERR_NONE);
    use(SCRIPT_INBOUND_ROUTING, false);
    world_dialled(w, 0, "no-answer");
    use(SCRIPT_INBOUND_ROUTING, true);
}

static void a_text_has_none(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    assert_null(w->answer.script);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_that_comes_in_goes_by_its_script),
        TEST(a_withheld_number_is_words),
        TEST(the_next_step_is_later),
        TEST(whoever_picks_up_is_greeted_by_name_once),
        TEST(an_accept_is_no_scripts_matter),
        TEST(the_end_of_the_chain_is_the_voicemails),
        TEST(nobody_on_duty_is_the_closed_ones),
        TEST(who_had_to_press_a_key_hears_it_then),
        TEST(a_text_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
