#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "metric/metric_tally.h"
#include "model/facts.h"

static const int64_t begun_ms = INT64_C(1764000000000);

/* Notes one event about something that began at `begun_ms`, ms later. */
static void note(struct metric_tally *tally, const char *kind, int64_t after_ms)
{
    struct arena *arena = arena_open(0);
    struct id_maker ids = {.node = 3};
    struct facts facts;
    const struct event_row row = {.tenant = 1,
                                  .kind = kind,
                                  .subject = id_next(&ids, begun_ms),
                                  .at_ms = begun_ms + after_ms};

    facts_init(&facts, arena, &ids, begun_ms + after_ms);
    facts_log(&facts, &row);
    metric_tally_note(tally, &facts);
    arena_close(&arena);
}

static void events_are_counted_by_what_they_say(void **unused)
{
    struct metric_tally t = {.relays_raised = 0};

    (void)unused;
    note(&t, "relay.raised", 0);
    note(&t, "relay.lapsed", 0);
    note(&t, "relay.exhausted", 0);
    note(&t, "call.arrived", 0);
    note(&t, "call.missed", 0);
    note(&t, "text.failed", 0);
    note(&t, "text.received", 0);
    assert_int_equal(t.relays_raised, 1);
    assert_int_equal(t.relays_lapsed, 1);
    assert_int_equal(t.relays_exhausted, 1);
    assert_int_equal(t.calls_arrived, 1);
    assert_int_equal(t.calls_missed, 1);
    assert_int_equal(t.texts_undelivered, 1);
    assert_int_equal(t.relays_acknowledged + t.calls_accepted, 0);
}

static void who_answers_is_timed_from_when_it_began(void **unused)
{
    struct metric_tally t = {.relays_raised = 0};

    (void)unused;
    note(&t, "relay.acknowledged", 90000);
    note(&t, "call.accepted", 12000);
    assert_int_equal(t.relays_acknowledged, 1);
    assert_int_equal(t.relay_acknowledged.sum_us, 90000000);
    assert_int_equal(t.calls_accepted, 1);
    assert_int_equal(t.call_accepted.sum_us, 12000000);
}

static void refusals_go_by_the_class_of_their_code(void **unused)
{
    /* clang-format off */
    static const struct {
        int32_t code;
        size_t class;
    } rows[] = {
        {11200, 0}, {20003, 1}, {21610, 2}, {30007, 3}, {63038, 4}, {99999, 5}, {5, 5}, {0, 6},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct metric_sends s = {.throttled = 0};
        metric_tally_send(&s, &(struct metric_send){SENT_REFUSED, 400, rows[i].code, 1000});
        for (size_t k = 0; k < METRIC_TALLY_CODES; k++)
            assert_int_equal(s.refused[k], k == rows[i].class);
        assert_int_equal(metric_histogram_count(&s.took[SENT_REFUSED]), 1);
    }
}

static void too_many_at_once_is_no_refusal(void **unused)
{
    struct metric_sends s = {.throttled = 0};

    (void)unused;
    metric_tally_send(&s, &(struct metric_send){SENT_RETRY, 429, 20429, 1000});
    metric_tally_send(&s, &(struct metric_send){SENT_RETRY, 0, 0, 1000});
    metric_tally_send(&s, &(struct metric_send){SENT_UNSURE, 503, 0, 1000});
    assert_int_equal(s.throttled, 1);
    for (size_t k = 0; k < METRIC_TALLY_CODES; k++)
        assert_int_equal(s.refused[k], 0);
    assert_int_equal(metric_histogram_count(&s.took[SENT_RETRY]), 2);
    assert_int_equal(metric_histogram_count(&s.took[SENT_UNSURE]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_counted_by_what_they_say),
        cmocka_unit_test(who_answers_is_timed_from_when_it_began),
        cmocka_unit_test(refusals_go_by_the_class_of_their_code),
        cmocka_unit_test(too_many_at_once_is_no_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
