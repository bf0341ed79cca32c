#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/job.h"

static void people_come_back_as_they_were_rendered(void **unused)
{
    struct arena *arena = arena_open(0);
    const struct job_person two[] = {{"Ben van Dam", "+13125550141", "de"},
                                     {"", "+13125550142", ""}};
    struct job_person back[JOB_PEOPLE];
    uint8_t count = 0;

    (void)unused;
    assert_true(job_people_parse(job_people_render(arena, two, 2), back, &count));
    assert_int_equal(count, 2);
    assert_memory_equal(&back[0], &two[0], sizeof two[0]);
    assert_memory_equal(&back[1], &two[1], sizeof two[1]);
    assert_true(job_people_parse((struct span){0}, back, &count));
    assert_int_equal(count, 0);
    arena_close(&arena);
}

static void only_what_is_given_is_taken(void **unused)
{
    struct job job = {.job_id = "17", .priority = JOB_HIGH, .title = SPAN("old")};
    const struct job_draft draft = {
        .job = {.job_id = "18", .title = SPAN("new"), .state = JOB_COMPLETED},
        .given = 1u << JOB_FIELD_TITLE | 1u << JOB_FIELD_ID | 1u << JOB_FIELD_STATE};

    (void)unused;
    job_take(&job, &draft);
    assert_true(span_is_text(job.title, "new"));
    assert_int_equal(job.priority, JOB_HIGH);
    assert_int_equal(job.state, JOB_PENDING);
    assert_string_equal(job.job_id, "17");
}

static void names_go_there_and_back(void **unused)
{
    enum job_state state;
    enum job_exception exception;

    (void)unused;
    assert_true(job_state_parse(SPAN("in-progress"), &state) && state == JOB_IN_PROGRESS);
    assert_true(job_exception_parse((struct span){0}, &exception) && exception == JOB_FINE);
    assert_false(job_state_parse(SPAN("done"), &state));
    assert_string_equal(job_cause_name(JOB_GIVE_BACK), "give back");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_come_back_as_they_were_rendered),
        cmocka_unit_test(only_what_is_given_is_taken),
        cmocka_unit_test(names_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
