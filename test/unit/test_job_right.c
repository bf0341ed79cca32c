#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "rules/job_right.h"

enum { NOW = 1000000 };
#define FIRST "+16195550121"
#define SECOND "+16195550122"

static const struct roster_operator people[] = {{.id = "backup", .name = "Backup dispatcher"}};
static const struct roster roster = {.operators = people, .operator_count = 1};

static struct job plain(enum job_state state)
{
    return (struct job){
        .state = state,
        .crew = {{.name = "First crew member", .phone = FIRST}, {.phone = SECOND}},
        .crew_count = 2,
        .completed_ms = NOW,
        .cancelled_ms = NOW,
    };
}

/* clang-format off */
static const struct row {
    const char *says;
    enum job_state state;
    const char *claimed_by, *handed_to, *who;
    int64_t later_ms;
    enum job_right want;
} rows[] = {
    {"nobody's yet: each of the crew", JOB_ASSIGNED, "", "", FIRST, 0, JOB_RIGHT_ACTS},
    {"... and an operator", JOB_ASSIGNED, "", "", "backup", 0, JOB_RIGHT_ACTS},
    {"... but no stranger", JOB_ASSIGNED, "", "", "+16195550199", 0, JOB_RIGHT_NONE},
    {"claimed: he who has it", JOB_IN_PROGRESS, FIRST, "", FIRST, 0, JOB_RIGHT_ACTS},
    {"claimed: not another one", JOB_ASSIGNED, FIRST, "", SECOND, 0, JOB_RIGHT_CLAIMED},
    {"handed over: he who gave it", JOB_ASSIGNED, "", SECOND, FIRST, 0, JOB_RIGHT_HANDED},
    {"handed over: he who got it", JOB_ASSIGNED, "", SECOND, SECOND, 0, JOB_RIGHT_ACTS},
    {"handed over long ago", JOB_ASSIGNED, "", SECOND, FIRST, JOB_RIGHT_TOLD_MS, JOB_RIGHT_EXPIRED},
    {"just not yet long ago", JOB_ASSIGNED, "", SECOND, FIRST, JOB_RIGHT_TOLD_MS - 1, JOB_RIGHT_HANDED},
    {"completed", JOB_COMPLETED, FIRST, "", FIRST, 0, JOB_RIGHT_OVER},
    {"cancelled", JOB_CANCELLED, FIRST, "", FIRST, 0, JOB_RIGHT_OVER},
    {"completed long ago", JOB_COMPLETED, FIRST, "", FIRST, JOB_RIGHT_TOLD_MS, JOB_RIGHT_EXPIRED},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct job job = plain(rows[i].state);
        strcpy(job.claimed_by, rows[i].claimed_by);
        strcpy(job.handed_to, rows[i].handed_to);
        job.handed_ms = NOW;
        if (job_right_of(&job, &roster, rows[i].who, NOW + rows[i].later_ms) != rows[i].want)
            fail_msg("not so: %s", rows[i].says);
    }
}

static void what_the_table_allows_has_no_hindrance(void **unused)
{
    (void)unused;
    struct job job = plain(JOB_ASSIGNED);

    assert_null(job_right_hindrance(&job, FIRST, JOB_CLAIM));
    strcpy(job.claimed_by, FIRST);
    assert_string_equal(job_right_hindrance(&job, FIRST, JOB_CLAIM), "");
    assert_null(job_right_hindrance(&job, FIRST, JOB_START));
    job.state = JOB_IN_PROGRESS;
    assert_string_equal(job_right_hindrance(&job, FIRST, JOB_START), "");
    assert_null(job_right_hindrance(&job, FIRST, JOB_COMPLETE));
    job.state = JOB_PENDING;
    assert_true(strlen(job_right_hindrance(&job, FIRST, JOB_GIVE_BACK)) > 0);
}

static void names_are_for_people(void **unused)
{
    (void)unused;
    const struct job job = plain(JOB_ASSIGNED);

    assert_true(span_is_text(job_right_name(&job, &roster, FIRST), "First crew member"));
    assert_true(span_is_text(job_right_name(&job, &roster, SECOND), SECOND));
    assert_true(span_is_text(job_right_name(&job, &roster, "backup"), "Backup dispatcher"));
    assert_true(span_is_text(job_right_name(&job, NULL, "backup"), "backup"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_the_table_allows_has_no_hindrance),
        cmocka_unit_test(names_are_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
