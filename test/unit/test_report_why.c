#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/report_why.h"

/* clang-format off */
static const struct row {
    const char *says, *plan;
    enum outcome outcome;
    int64_t waited_ms;
    const char *want;
} calls[] = {
    {"nobody stood in the plan", "|ann/0/15/900/off_duty/waiting/", OUTCOME_MISSED, 3000,
     "nobody on duty"},
    {"those who were rung are named",
     "ann/0/15/900/on_duty/missed/;bob/1/15/900/on_duty/missed/|", OUTCOME_MISSED, 40000,
     "rang Ann, Bob; nobody pressed 1"},
    {"what became of each is told",
     "ann/0/15/900/on_duty/busy/;bob/1/15/900/on_duty/passed/;cy/2/15/900/on_duty/failed/;"
     "dee/3/15/900/on_duty/reached/|", OUTCOME_VOICEMAIL, 40000,
     "rang dee; Ann was busy; cy could not be reached; Bob passed it on; nobody pressed 1"},
    {"who stands in it twice is named once, by what came last",
     "ann/0/15/900/on_duty/busy/;ann/1/15/900/on_duty/missed/|", OUTCOME_MISSED, 40000,
     "rang Ann; nobody pressed 1"},
    {"a caller who hangs up is no fault of theirs",
     "ann/0/15/900/on_duty/told/;bob/1/15/900/on_duty/waiting/|", OUTCOME_ABANDONED, 11600,
     "rang Ann; caller hung up after 12 s"},
    {"he may hang up before anybody is rung", "|ann/0/15/900/off_duty/waiting/",
     OUTCOME_ABANDONED, 900, "caller hung up after 1 s"},
    {"by rule nobody is rung", "ann/0/15/900/on_duty/waiting/|", OUTCOME_VOICEMAIL, 900,
     "nobody was rung"},
    {"a plan that is not known", NULL, OUTCOME_MISSED, 900, "nobody was rung"},
};
/* clang-format on */

static const char *name(void *ctx, const char *id)
{
    (void)ctx;
    return span_is_text(span_of(id), "ann") ? "Ann" : span_is_text(span_of(id), "bob") ? "Bob" : id;
}

static void each_row_holds(void **unused)
{
    struct arena *arena = arena_open(0);
    struct plan *plan = ARENA_NEW(arena, struct plan);

    (void)unused;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const struct row *r = &calls[i];
        if (r->plan)
            assert_int_equal(plan_parse(span_of(r->plan), plan), ERR_NONE);
        const struct report_why why = {.plan = r->plan ? plan : NULL, .name = name};
        const struct span got = report_why_call(arena, &why, r->outcome, r->waited_ms);
        if (!span_is_text(got, r->want))
            fail_msg("not so: %s: %.*s", r->says, SPAN_ARG(got));
    }
    arena_close(&arena);
}

static void a_text_is_told_and_not_rung(void **unused)
{
    struct arena *arena = arena_open(0);
    struct plan *plan = ARENA_NEW(arena, struct plan);
    const struct report_why why = {.plan = plan, .name = name};

    (void)unused;
    assert_int_equal(
        plan_parse(SPAN("ann/0/15/900/on_duty/missed/;bob/1/15/900/on_duty/missed/|"), plan),
        ERR_NONE);
    assert_true(span_is_text(report_why_text(arena, &why), "told Ann, Bob; nobody acknowledged"));
    plan->count = 0;
    assert_true(span_is_text(report_why_text(arena, &why), "nobody on duty"));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_text_is_told_and_not_rung),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
