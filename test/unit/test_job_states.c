#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rules/job_states.h"

static void every_cell_is_written(void **unused)
{
    (void)unused;
    for (int s = 0; s < JOB_STATES; s++)
        for (int c = 0; c < JOB_CAUSES; c++)
            assert_int_not_equal(job_states_move((enum job_state)s, (enum job_cause)c), JOB_BROKEN);
}

static void a_clock_is_never_refused(void **unused)
{
    (void)unused;
    for (int s = 0; s < JOB_STATES; s++)
        for (int c = JOB_NOT_CLAIMED; c < JOB_CAUSES; c++)
            assert_int_not_equal(job_states_move((enum job_state)s, (enum job_cause)c), JOB_REFUSE);
}

static void a_wanted_state_has_a_way_or_is_refused(void **unused)
{
    (void)unused;
    for (int from = 0; from < JOB_STATES; from++)
        for (int to = 0; to < JOB_STATES; to++) {
            const enum job_cause way = job_states_way_to((enum job_state)from, (enum job_state)to);
            assert_int_equal(way == JOB_CAUSES, from == to);
        }
}

static void a_refusal_tells_what_is_possible(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    assert_string_equal(job_states_refusal(arena, JOB_COMPLETED), "is completed; possible: reopen");
    assert_non_null(strstr(job_states_refusal(arena, JOB_IN_PROGRESS), "give back"));
    assert_string_equal(job_states_move_name(JOB_DO_CLAIM), "claim");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_written),
        cmocka_unit_test(a_clock_is_never_refused),
        cmocka_unit_test(a_wanted_state_has_a_way_or_is_refused),
        cmocka_unit_test(a_refusal_tells_what_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
