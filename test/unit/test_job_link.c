#include "core_world.h"

#include "model/job.h"

#define FIRST "+13125550131"
#define SECOND "+13125550132"

static struct world *const w = &world_shared;

static int64_t marks; /* each page view has its own */

static void make(enum job_state state)
{
    static struct job_draft draft;

    draft = (struct job_draft){
        .job = {.job_id = "17",
                .state = state,
                .title = SPAN("Leaking tap"),
                .customer = ANNA,
                .crew = {{.name = "First", .phone = FIRST}, {.name = "Second", .phone = SECOND}},
                .crew_count = 2},
        .given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_STATE | 1u << JOB_FIELD_TITLE |
                 1u << JOB_FIELD_CUSTOMER | 1u << JOB_FIELD_CREW,
    };
    world_do(w, (struct event){.kind = EVENT_JOB_IMPORT,
                               .by = SPAN("the office"),
                               .drafts = &draft,
                               .draft_count = 1});
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static struct job *job(void)
{
    struct job *row = world_row(w, FACT_JOB, 0);

    assert_non_null(row);
    return row;
}

/* The latest link of a person. */
static struct event link_of(const char *who)
{
    const struct link *found = NULL;
    struct event e = {.kind = EVENT_LINK, .attempt = -1, .once_print = 1};

    for (size_t i = 0;; i++) {
        const struct link *l = world_row(w, FACT_LINK, i);
        if (!l)
            break;
        if (l->purpose == LINK_JOB && strcmp(l->operator_id, who) == 0)
            found = l;
    }
    assert_non_null(found);
    memcpy(e.link, found->hash, sizeof e.link);
    e.once_key = span_of(arena_printf(w->arena, "AAAAAAAAAAAAAAAAAAAA%02d", (int)marks++));
    return e;
}

static struct event move_of(const char *who, enum job_cause cause)
{
    struct event e = link_of(who);

    e.action = LINK_MOVE;
    e.job_cause = cause;
    e.job_way = JOB_BY_LINK;
    return e;
}

static void press(const char *who, enum job_cause cause)
{
    world_do(w, move_of(who, cause));
}

static void assert_refused(enum err err)
{
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, err);
    assert_int_equal(w->changes, 0);
}

static void a_job_goes_from_claim_to_its_end_by_link(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    press(FIRST, JOB_CLAIM);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_string_equal(job()->claimed_by, FIRST);
    press(FIRST, JOB_START);
    assert_int_equal(job()->state, JOB_IN_PROGRESS);
    press(FIRST, JOB_COMPLETE);
    assert_int_equal(job()->state, JOB_COMPLETED);
    press(FIRST, JOB_START);
    assert_refused(ERR_CONFLICT);
}

static void a_form_acts_once(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    const struct event e = move_of(FIRST, JOB_CLAIM);
    world_do(w, e);
    const int32_t version = job()->version;
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(w->changes, 0);
    assert_int_equal(job()->version, version);
}

static void without_a_mark_nothing_acts(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    struct event e = move_of(FIRST, JOB_CLAIM);
    e.once_key = SPAN("");
    world_again(w, e);
    assert_refused(ERR_BAD_INPUT);
}

static void who_has_handed_it_over_acts_no_more(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    press(FIRST, JOB_CLAIM);
    struct event e = move_of(FIRST, JOB_HAND_OVER);
    e.operator_id = SPAN("+13125550199");
    world_again(w, e);
    assert_refused(ERR_BAD_INPUT);
    e.operator_id = SPAN(SECOND);
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_string_equal(job()->handed_to, SECOND);
    press(FIRST, JOB_CLAIM);
    assert_refused(ERR_CONFLICT);
    press(SECOND, JOB_CLAIM);
    assert_string_equal(job()->claimed_by, SECOND);
}

static void another_ones_job_is_not_claimed_by_link(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    press(FIRST, JOB_CLAIM);
    press(SECOND, JOB_CLAIM);
    assert_refused(ERR_CONFLICT);
    assert_string_equal(job()->claimed_by, FIRST);
}

static void the_customer_is_texted_from_the_line(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    struct event e = link_of(FIRST);
    e.action = LINK_WRITE;
    e.body = SPAN("On my way");
    world_do(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    world_again(w, e);
    assert_int_equal(world_count_to(w, ANNA), 1);
    const struct message *m = world_last_to(w, ANNA);
    SAYS(m, "On my way");
    assert_string_equal(m->from, LINE);
    assert_string_equal(m->job, "17");
    assert_int_equal(m->origin, ORIGIN_OPERATOR);
    e.once_print = 2; /* another text of the same page view */
    world_again(w, e);
    assert_int_equal(world_count_to(w, ANNA), 2);
}

static void who_said_stop_is_not_texted(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    world_text(w, ANNA, "STOP");
    const size_t before = world_count_to(w, ANNA);
    struct event e = link_of(FIRST);
    e.action = LINK_WRITE;
    e.body = SPAN("On my way");
    world_again(w, e);
    assert_refused(ERR_CONFLICT);
    assert_int_equal(world_count_to(w, ANNA), before);
}

static void his_own_phone_rings_and_then_the_customers(void **unused)
{
    (void)unused;
    make(JOB_ASSIGNED);
    struct event e = link_of(FIRST);
    e.action = LINK_RING;
    world_do(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    const struct message *m = world_last_to(w, FIRST);
    assert_int_equal(m->kind, MESSAGE_CALL_BACK);
    assert_string_equal(m->from, LINE);
    world_do(w, (struct event){.kind = EVENT_HEARD,
                               .message = m->id,
                               .sid = SPAN("CA00000000000000000000000000000099"),
                               .digits = SPAN("1")});
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_true(span_is_text(w->answer.numbers[0].number, ANNA));
    assert_true(span_is_text(w->answer.caller_id, LINE));
}

int main(void)
{
#define STORY(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        STORY(a_job_goes_from_claim_to_its_end_by_link),
        STORY(a_form_acts_once),
        STORY(without_a_mark_nothing_acts),
        STORY(who_has_handed_it_over_acts_no_more),
        STORY(another_ones_job_is_not_claimed_by_link),
        STORY(the_customer_is_texted_from_the_line),
        STORY(who_said_stop_is_not_texted),
        STORY(his_own_phone_rings_and_then_the_customers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
