#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/plan.h"

/* clang-format off */
static const struct row {
    const char *says;
    const char *text;
    enum err want;
    int count, out_count;
} rows[] = {
    {"a plan of nobody", "|", ERR_NONE, 0, 0},
    {"one rung taken", "anna/0/20/900/on_duty/waiting/|", ERR_NONE, 1, 0},
    {"one rung with a tag", "anna/0/20/900/on_duty/told/K7F|", ERR_NONE, 1, 0},
    {"two steps and one left out",
     "anna/0/20/900/job/missed/;ben/1/25/86400/on_duty/accepted/K7F|cy/1/5/1/away/waiting/",
     ERR_NONE, 2, 1},
    {"somebody left out and nobody taken", "|cy/1/5/1/off_duty/waiting/", ERR_NONE, 0, 1},
    {"two that overlap, one with its leg's id",
     "anna/0/20/900/on_duty/told/K7F/overlap/CA1;ben/0/20/900/on_duty/waiting//overlap/|", ERR_NONE, 2, 0},
    {"one with a wish, and one that overlaps, too",
     "anna/0/20/900/on_duty/told/K7F/kept;ben/0/20/900/on_duty/waiting//overlap/CA1/again|", ERR_NONE, 2, 0},
    {"a wish that is none", "anna/0/20/900/on_duty/told//hoped|", ERR_BAD_INPUT, 0, 0},
    {"a field more than a wish", "anna/0/20/900/on_duty/told//overlap/CA1/kept/|", ERR_BAD_INPUT, 0, 0},
    {"a way of ringing that is none", "anna/0/20/900/on_duty/told//serial/CA1|", ERR_BAD_INPUT, 0, 0},
    {"a leg that is not told of", "anna/0/20/900/on_duty/told//overlap|", ERR_BAD_INPUT, 0, 0},
    {"a leg's id too long",
     "anna/0/20/900/on_duty/told//overlap/CA000000000000000000000000000000000000000|", ERR_BAD_INPUT, 0, 0},
    {"no text", "", ERR_BAD_INPUT, 0, 0},
    {"no bar", "anna/0/20/900/on_duty/waiting/", ERR_BAD_INPUT, 0, 0},
    {"two bars", "||", ERR_BAD_INPUT, 0, 0},
    {"a rung that is empty", ";|", ERR_BAD_INPUT, 0, 0},
    {"a ';' with nothing behind it", "anna/0/20/900/on_duty/waiting/;|", ERR_BAD_INPUT, 0, 0},
    {"a field too few", "anna/0/20/900/on_duty/waiting|", ERR_BAD_INPUT, 0, 0},
    {"a field too many", "anna/0/20/900/on_duty/waiting//|", ERR_BAD_INPUT, 0, 0},
    {"no operator", "/0/20/900/on_duty/waiting/|", ERR_BAD_INPUT, 0, 0},
    {"an operator too long for its place",
     "abcdefghijklmnopqrstuvwxyzabcdef/0/20/900/on_duty/waiting/|", ERR_BAD_INPUT, 0, 0},
    {"a step that is no number", "anna/x/20/900/on_duty/waiting/|", ERR_BAD_INPUT, 0, 0},
    {"ring seconds out of range", "anna/0/256/900/on_duty/waiting/|", ERR_BAD_INPUT, 0, 0},
    {"a reason that is none", "anna/0/20/900/luck/waiting/|", ERR_BAD_INPUT, 0, 0},
    {"a state that is none", "anna/0/20/900/on_duty/asleep/|", ERR_BAD_INPUT, 0, 0},
    {"a tag too long", "anna/0/20/900/on_duty/told/K7FX|", ERR_BAD_INPUT, 0, 0},
};
/* clang-format on */

static void each_text_is_a_plan_or_not(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        static struct plan plan;

        memset(&plan, 0, sizeof plan);
        const enum err e = plan_parse(span_of(r->text), &plan);
        if (e != r->want || plan.count != r->count || plan.out_count != r->out_count)
            fail_msg("not so: %s", r->says);
    }
}

static void a_parsed_plan_renders_as_it_was(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct plan plan;

        if (rows[i].want != ERR_NONE)
            continue;
        assert_int_equal(plan_parse(span_of(rows[i].text), &plan), ERR_NONE);
        const struct span again = plan_render(arena, &plan);
        if (!span_is_text(again, rows[i].text))
            fail_msg("rendered otherwise: %s", rows[i].says);
    }
    arena_close(&arena);
}

static void the_longest_plan_survives(void **unused)
{
    static struct plan plan, again;
    struct arena *arena = arena_open(0);

    (void)unused;
    plan.count = plan.out_count = LIMIT_RUNGS;
    for (int i = 0; i < LIMIT_RUNGS; i++) {
        struct rung r = {.reason = REASON_ON_DUTY,
                         .state = RUNG_ACCEPTED,
                         .step = 63,
                         .ring_s = 60,
                         .ack_s = 86400,
                         .tag = "K7F"};
        memset(r.operator_id, 'a', LIMIT_SLUG_SIZE - 1);
        plan.rungs[i] = r;
        r.reason = REASON_OPTED_OUT;
        plan.out[i] = r;
    }
    struct span text = plan_render(arena, &plan);
    assert_int_equal(plan_parse(text, &again), ERR_NONE);
    assert_int_equal(again.count, LIMIT_RUNGS);
    assert_int_equal(again.out_count, LIMIT_RUNGS);
    assert_true(span_is(plan_render(arena, &again), text));
    const struct rung *last = &again.out[LIMIT_RUNGS - 1];
    assert_string_equal(last->operator_id, plan.out[0].operator_id);
    assert_int_equal(last->ack_s, 86400);
    assert_int_equal(last->reason, REASON_OPTED_OUT);

    const char *more = arena_printf(arena, "x/0/5/1/job/waiting/;%.*s", SPAN_ARG(text));
    assert_int_equal(plan_parse(span_of(more), &again), ERR_BAD_INPUT);
    arena_close(&arena);
}

static void find_sees_only_those_taken(void **unused)
{
    static struct plan plan;

    (void)unused;
    assert_int_equal(plan_parse(SPAN("anna/0/5/1/job/told/;ben/1/5/1/on_duty/told/|"
                                     "cy/1/5/1/away/waiting/"),
                                &plan),
                     ERR_NONE);
    assert_int_equal(plan_find(&plan, SPAN("anna")), 0);
    assert_int_equal(plan_find(&plan, SPAN("ben")), 1);
    assert_int_equal(plan_find(&plan, SPAN("cy")), -1);
    assert_int_equal(plan_find(&plan, SPAN("be")), -1);
}

static void every_name_reads_back(void **unused)
{
    enum reason reason = REASONS;
    enum rung_state state = RUNG_STATES;

    (void)unused;
    for (int i = 0; i < REASONS; i++) {
        assert_true(reason_parse(span_of(reason_name((enum reason)i)), &reason));
        assert_int_equal(reason, i);
        assert_int_equal(reason_is_taken(reason), i <= REASON_OWNER || i == REASON_TURN ||
                                                      i == REASON_EXTRA || i == REASON_STANDS_IN ||
                                                      i == REASON_JOB_LOAD);
        assert_true(strlen(reason_words(reason)) > 0);
    }
    for (int i = 0; i < RUNG_STATES; i++) {
        assert_true(rung_state_parse(span_of(rung_state_name((enum rung_state)i)), &state));
        assert_int_equal(state, i);
    }
    assert_false(reason_parse(SPAN("On_duty"), &reason));
    assert_false(rung_state_parse(SPAN(""), &state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_is_a_plan_or_not),
        cmocka_unit_test(a_parsed_plan_renders_as_it_was),
        cmocka_unit_test(the_longest_plan_survives),
        cmocka_unit_test(find_sees_only_those_taken),
        cmocka_unit_test(every_name_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
