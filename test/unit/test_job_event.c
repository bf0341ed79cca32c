#include "core_world_jobs.h"

static void a_text_to_the_crew_that_is_lost_is_an_exception_once(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_sent(w, world_last_to(w, CREW), SENT_ACCEPTED);
    world_receipt(w, world_last_to(w, CREW), DELIVERY_UNDELIVERED);
    world_receipt(w, world_last_to(w, CREW), DELIVERY_UNDELIVERED);
    assert_int_equal(job->exception, JOB_CREW_UNREACHABLE);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    SAYS(world_last_to(w, PRIMARY), "cannot be delivered (Ben)");
}

static void a_name_is_given_once_and_a_version_is_held_to(void **unused)
{
    struct world *w = &world_shared;

    (void)unused;
    world_job(w, "17", JOB_PENDING);
    world_job(w, "17", JOB_PENDING);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    assert_int_equal(world_count(w, FACT_JOB), 1);
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB,
                                                .job = SPAN("17"),
                                                .job_cause = JOB_ASSIGN,
                                                .version = 7}),
                     ERR_NONE);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    world_job_move(w, "18", JOB_ASSIGN, "api", NULL);
    assert_int_equal(w->answer.error, ERR_NOT_FOUND);
}

static void a_clock_of_a_move_before_changes_nothing(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    world_wait(w, 2000 * S);
    assert_int_equal(job->exception, JOB_FINE);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void change(struct world *w, const struct job_draft *d)
{
    struct job_draft *own = ARENA_NEW(w->arena, struct job_draft);

    *own = *d;
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB,
                                                .job = SPAN("17"),
                                                .job_cause = JOB_CAUSES,
                                                .drafts = own,
                                                .draft_count = 1,
                                                .by = SPAN("api")}),
                     ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void who_comes_to_the_crew_is_told_and_who_leaves_it(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    struct job_draft d = {.given = 1u << JOB_FIELD_CREW};

    (void)unused;
    d.job.crew[0] = (struct job_person){"Ben", CREW, ""};
    d.job.crew[1] = (struct job_person){"Sam", BOSS, ""};
    d.job.crew_count = 2;
    change(w, &d);
    assert_int_equal(world_count_to(w, CREW), 1); /* he has his link */
    SAYS(world_last_to(w, BOSS), "Claim it: ");
    SAYS(world_last_to(w, CREW_2), "Ben, Sam");
    change(w, &d); /* once */
    assert_int_equal(world_count_to(w, BOSS), 1);
    assert_int_equal(world_count_to(w, CREW_2), 2);
    assert_int_equal(job->crew_count, 2);
}

static void a_holder_who_leaves_the_crew_holds_it_no_more(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    struct job_draft d = {.given = 1u << JOB_FIELD_CREW};

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    assert_string_equal(job->claimed_by, CREW);
    d.job.crew[0] = (struct job_person){"Sam", BOSS, ""};
    d.job.crew_count = 1;
    change(w, &d);
    assert_string_equal(job->claimed_by, "");
    SAYS(world_last_to(w, BOSS), "Claim it: ");
    assert_true(job->due_ms > 0); /* its clock runs for the others */
    world_job_move(w, "17", JOB_CLAIM, BOSS, NULL);
    assert_string_equal(job->claimed_by, BOSS);
}

static void a_time_cut_short_is_over_now(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    struct job_draft d = {.given = 1u << JOB_FIELD_CLAIM_SECONDS, .job = {.claim_s = 60}};

    (void)unused;
    world_wait(w, 300 * S);
    change(w, &d);
    world_wait(w, 1 * S);
    assert_int_equal(job->exception, JOB_WAS_NOT_CLAIMED);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    world_wait(w, 2000 * S); /* once */
    assert_int_equal(world_logged(w, "job.not-claimed"), 1);
}

static void a_state_file_read_again_tells_nobody(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    struct job_draft *d = ARENA_NEW(w->arena, struct job_draft);

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    world_job_move(w, "17", JOB_COMPLETE, CREW, NULL);
    *d = world_job_draft("17", JOB_ASSIGNED); /* open in the file, over here */
    for (int i = 0; i < 3; i++) {
        const int32_t version = job->version;
        assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB_IMPORT,
                                                    .import = JOB_IMPORT_SYNC,
                                                    .drafts = d,
                                                    .draft_count = 1,
                                                    .by = SPAN("roster")}),
                         ERR_NONE);
        assert_int_equal(job->version, version);
    }
    assert_int_equal(job->state, JOB_COMPLETED);
    assert_int_equal(world_count_to(w, CREW), 1);
    assert_int_equal(world_count_to(w, BOSS), 1);
}

static void of_several_for_a_job_who_has_least_to_do_goes_first(void **unused)
{
    struct world *w = &world_shared;

    (void)unused;
    w->routes[0] = (struct job_route){SPAN("boiler"), {AT_PRIMARY, AT_SPARE}, 2};
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok"); /* one thread is his */
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMjob"),
                                  .from = SPAN("+13125550177"),
                                  .to = SPAN(LINE),
                                  .body = SPAN("for the boiler"),
                                  .job = SPAN("boiler")});
    SAYS(world_last_to(w, SPARE), "for the boiler");
    const struct relay *r = world_row(w, FACT_RELAY, world_count(w, FACT_RELAY) - 1);
    assert_string_equal(r->plan->rungs[0].operator_id, "spare");
    assert_string_equal(r->plan->rungs[1].operator_id, "primary");
}

static void an_import_that_made_nothing_may_come_again(void **unused)
{
    struct world *w = &world_shared;
    struct job_draft d = world_job_draft("17", JOB_PENDING);
    const struct event e = {.kind = EVENT_JOB_IMPORT,
                            .import = JOB_IMPORT_PARTIAL,
                            .drafts = &d,
                            .draft_count = 1,
                            .once_key = SPAN("key"),
                            .once_print = 1};

    (void)unused;
    world_job(w, "17", JOB_PENDING);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_do(w, e), ERR_NONE);
        assert_int_equal(w->answer.kind, ANSWER_DONE);
        assert_int_equal(w->answer.count, 0);
    }
}

static void sync(struct world *w, struct job_draft *drafts, size_t count)
{
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB_IMPORT,
                                                .import = JOB_IMPORT_SYNC,
                                                .drafts = drafts,
                                                .draft_count = count,
                                                .by = SPAN("roster")}),
                     ERR_NONE);
}

static void whoever_said_stop_to_the_jobs_own_line_is_not_told_by_a_sync(void **unused)
{
    struct world *w = &world_shared;
    struct job_draft d = {.given = 1u << JOB_FIELD_LINE, .job = {.line = LINE_2}};
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    change(w, &d);
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMstop"),
                                  .from = SPAN(BOSS),
                                  .to = SPAN(LINE_2),
                                  .body = SPAN("STOP"),
                                  .attempt = -1});
    const size_t before = world_count_to(w, BOSS);
    d = (struct job_draft){.given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_CREW,
                           .job = {.job_id = "17", .crew = {{"Sam", BOSS, ""}}, .crew_count = 1}};
    sync(w, &d, 1);
    assert_int_equal(world_count_to(w, BOSS), before);
    assert_int_equal(job->exception, JOB_CREW_UNREACHABLE);
}

static void several_of_one_import_that_go_wrong_are_all_told(void **unused)
{
    struct world *w = &world_shared;
    struct job_draft d[] = {world_job_draft("1", JOB_ASSIGNED), world_job_draft("2", JOB_ASSIGNED)};

    (void)unused;
    world_text(w, CREW, "STOP");
    sync(w, d, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct job *job = world_row(w, FACT_JOB, i);
        assert_int_equal(job->exception, JOB_CREW_UNREACHABLE);
        assert_true(job->thread != 0);
    }
}

static void an_edit_after_its_time_does_not_silence_a_clock(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    struct job_draft d = {.given = 1u << JOB_FIELD_TITLE, .job = {.title = SPAN("Boiler")}};

    (void)unused;
    w->now_ms += 901 * S; /* the clock is over, and has not been heard yet */
    change(w, &d);
    world_wait(w, 1 * S);
    assert_int_equal(job->exception, JOB_WAS_NOT_CLAIMED);
    assert_int_equal(world_logged(w, "job.not-claimed"), 1);
}

static void of_a_job_that_somebody_else_has_a_lost_text_is_no_exception(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    world_job_move(w, "17", JOB_HAND_OVER, "api", CREW_2);
    world_sent(w, world_last_to(w, CREW), SENT_ACCEPTED);
    world_receipt(w, world_last_to(w, CREW), DELIVERY_UNDELIVERED);
    assert_int_equal(job->exception, JOB_FINE);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_text_to_the_crew_that_is_lost_is_an_exception_once,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_given_once_and_a_version_is_held_to, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_clock_of_a_move_before_changes_nothing, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(who_comes_to_the_crew_is_told_and_who_leaves_it,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_holder_who_leaves_the_crew_holds_it_no_more, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_time_cut_short_is_over_now, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_state_file_read_again_tells_nobody, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(of_several_for_a_job_who_has_least_to_do_goes_first,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(an_import_that_made_nothing_may_come_again, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(
            whoever_said_stop_to_the_jobs_own_line_is_not_told_by_a_sync, world_set_up,
            world_tear_down),
        cmocka_unit_test_setup_teardown(several_of_one_import_that_go_wrong_are_all_told,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(an_edit_after_its_time_does_not_silence_a_clock,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(of_a_job_that_somebody_else_has_a_lost_text_is_no_exception,
                                        world_set_up, world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
