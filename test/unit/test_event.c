#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/event.h"

static void each_kind_has_a_name_of_its_own(void **unused)
{
    (void)unused;
    for (enum event_kind a = 0; a < EVENT_KINDS; a++) {
        assert_non_null(event_kind_name(a));
        for (enum event_kind b = 0; b < a; b++)
            assert_string_not_equal(event_kind_name(a), event_kind_name(b));
    }
}

static void a_call_is_over_by_five_statuses_and_by_no_other(void **unused)
{
    (void)unused;
    assert_true(event_is_over(SPAN("completed")) && event_is_over(SPAN("busy")));
    assert_true(event_is_over(SPAN("no-answer")) && event_is_over(SPAN("failed")));
    assert_true(event_is_over(SPAN("canceled")));
    assert_false(event_is_over(SPAN("in-progress")) || event_is_over(SPAN("ringing")));
    assert_false(event_is_over(SPAN("answered")) || event_is_over((struct span){NULL, 0}));
}

/* What a span shows must be the copy's own: the other's bytes go bad here. */
static void a_copy_stands_when_the_other_is_gone(void **unused)
{
    struct arena *arena = arena_open(0);
    char sid[] = "CA1", body[] = "a leak", found_sid[] = "SM1", title[] = "leak";
    struct found found[] = {{.sid = {found_sid, 3}, .error_code = 7}};
    struct job_draft drafts[] = {{.job = {.title = {title, 4}}, .line = 3}};
    struct event e = {
        .kind = EVENT_TEXT,
        .tenant = 2,
        .sid = {sid, 3},
        .body = {body, 6},
        .once_key = {sid, 3},
        .found = found,
        .found_count = 1,
        .drafts = drafts,
        .draft_count = 1,
    };
    struct event copy;

    (void)unused;
    event_copy(arena, &e, &copy);
    memset(sid, 'x', 3);
    memset(body, 'x', 6);
    memset(found_sid, 'x', 3);
    memset(title, 'x', 4);
    found[0].error_code = drafts[0].line = 0;
    e = (struct event){.kind = EVENT_CALL};
    assert_int_equal(copy.kind, EVENT_TEXT);
    assert_int_equal(copy.tenant, 2);
    assert_true(span_is_text(copy.sid, "CA1") && span_is_text(copy.once_key, "CA1"));
    assert_true(span_is_text(copy.body, "a leak") && copy.from.size == 0);
    assert_true(span_is_text(copy.found[0].sid, "SM1") && copy.found[0].error_code == 7);
    assert_true(span_is_text(copy.drafts[0].job.title, "leak") && copy.drafts[0].line == 3);
    arena_close(&arena);
}

static void a_result_is_of_the_claim_whose_fence_and_time_it_names(void **unused)
{
    const struct outbox row = {.fence = 2, .sent_ms = 1000};

    (void)unused;
    assert_true(event_is_of_claim(&(struct event){.fence = 2, .at_ms = 1000}, &row));
    assert_true(event_is_of_claim(&(struct event){.fence = 2}, &row));
    assert_false(event_is_of_claim(&(struct event){.fence = 1, .at_ms = 1000}, &row));
    assert_false(event_is_of_claim(&(struct event){.fence = 2, .at_ms = 999}, &row));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_name_of_its_own),
        cmocka_unit_test(a_call_is_over_by_five_statuses_and_by_no_other),
        cmocka_unit_test(a_result_is_of_the_claim_whose_fence_and_time_it_names),
        cmocka_unit_test(a_copy_stands_when_the_other_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
