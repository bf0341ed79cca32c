#include "spool/spool_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void assert_same(struct span a, struct span b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data ? a.data : "", b.data ? b.data : "", a.size);
}

static void an_event_comes_back_as_it_was(void **unused)
{
    struct event got, e = {
                          .kind = EVENT_CALL,
                          .tenant = 3,
                          .at_ms = INT64_C(1773057600123),
                          .account = SPAN("AC1"),
                          .sid = SPAN("CA1"),
                          .from = SPAN("+13125550121"),
                          .to = SPAN("+13125550100"),
                          .body = SPAN("a\nb\0c"),
                          .job = SPAN("boiler"),
                          .call_status = SPAN("in-progress"),
                          .dial_status = SPAN("no-answer"),
                          .digits = SPAN("1"),
                          .speech = SPAN("hello"),
                          .attempt = 2,
                          .round = 1,
                          .cascade = INT64_MAX,
                          .message = 5,
                          .is_call = true,
                          .bridged = true,
                          .alone = true,
                          .offline = OFFLINE_RANG,
                          .rung = 2,
                          .ring_s = 15,
                          .plan = SPAN("a/0/15/900/on_duty/told/|"),
                          .operator_id = SPAN("ana"),
                          .error_code = 30003,
                          .delivery = DELIVERY_FAILED,
                          .opt_out = OPT_OUT_STOP,
                          .seconds = 12,
                      };

    (void)unused;
    assert_int_equal(spool_event_parse(spool_event_render(arena, &e), &got), ERR_NONE);
    assert_int_equal(got.kind, e.kind);
    assert_int_equal(got.tenant, 3);
    assert_true(got.at_ms == e.at_ms && got.cascade == e.cascade && got.message == 5);
    assert_same(got.sid, e.sid);
    assert_same(got.body, e.body);
    assert_same(got.plan, e.plan);
    assert_same(got.speech, e.speech);
    assert_same(got.operator_id, e.operator_id);
    assert_true(got.attempt == 2 && got.round == 1 && got.rung == 2 && got.ring_s == 15);
    assert_true(got.is_call && got.bridged && got.alone);
    assert_int_equal(got.offline, OFFLINE_RANG);
    assert_true(got.delivery == DELIVERY_FAILED && got.opt_out == OPT_OUT_STOP);
    assert_int_equal(got.error_code, 30003);
    assert_null(got.media.data);
}

static void no_attempt_and_an_empty_text_stay_what_they_are(void **unused)
{
    const struct event e = {.kind = EVENT_TEXT, .attempt = -1, .body = SPAN("")};
    struct event got;

    (void)unused;
    assert_int_equal(spool_event_parse(spool_event_render(arena, &e), &got), ERR_NONE);
    assert_int_equal(got.attempt, -1);
    assert_non_null(got.body.data); /* a text without words is a text */
}

static void a_record_cut_off_is_refused_or_shorter(void **unused)
{
    const struct event e = {
        .kind = EVENT_TEXT, .tenant = 1, .sid = SPAN("SM1"), .body = SPAN("hello")};
    const struct span whole = spool_event_render(arena, &e);
    struct event got;

    (void)unused;
    for (size_t n = 0; n < whole.size; n++) {
        char *cut = arena_alloc(arena, n + 1); /* so that a sanitizer sees what is beyond */
        memcpy(cut, whole.data, n);
        (void)!spool_event_parse((struct span){cut, n}, &got);
    }
    assert_int_equal(spool_event_parse((struct span){whole.data, whole.size - 1}, &got),
                     ERR_BAD_INPUT);
}

static void what_is_no_event_of_ours_is_refused(void **unused)
{
    static const char other[] = {1, 1, 4, 0, 0, 0, 99, 0, 0, 0}; /* a kind that is none */
    static const char timer[] = {1, 1, 4, 0, 0, 0, EVENT_TIMER, 0, 0, 0};
    static const char newer[] = {1, 1, 4, 0, 0, 0, EVENT_TEXT, 0, 0, 0, 120, 1, 0, 0, 0, 7};
    struct event got;

    (void)unused;
    assert_int_equal(spool_event_parse(SPAN(""), &got), ERR_BAD_INPUT);
    assert_int_equal(spool_event_parse(SPAN("\x02"), &got), ERR_BAD_INPUT);
    assert_int_equal(spool_event_parse((struct span){other, sizeof other}, &got), ERR_BAD_INPUT);
    assert_int_equal(spool_event_parse((struct span){timer, sizeof timer}, &got), ERR_BAD_INPUT);
    assert_int_equal(spool_event_parse((struct span){newer, sizeof newer}, &got), ERR_NONE);
}

static void only_what_the_carrier_brings_is_kept(void **unused)
{
    (void)unused;
    assert_true(spool_event_is_kept(EVENT_CALL));
    assert_true(spool_event_is_kept(EVENT_TEXT));
    assert_true(spool_event_is_kept(EVENT_RECEIPT));
    assert_false(spool_event_is_kept(EVENT_SENT));
    assert_false(spool_event_is_kept(EVENT_TIMER));
    assert_false(spool_event_is_kept(EVENT_ACK));
    assert_false(spool_event_is_kept(EVENT_LATE_CALL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_comes_back_as_it_was),
        cmocka_unit_test(no_attempt_and_an_empty_text_stay_what_they_are),
        cmocka_unit_test(a_record_cut_off_is_refused_or_shorter),
        cmocka_unit_test(what_is_no_event_of_ours_is_refused),
        cmocka_unit_test(only_what_the_carrier_brings_is_kept),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
