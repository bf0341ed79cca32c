#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/rows.h"

/* Each enum through one shape, so that a row of data is enough for it. */
#define AS_NUMBERS(type)                             \
    static const char *name_of_##type(int v)         \
    {                                                \
        return type##_name((enum type)v);            \
    }                                                \
    static int number_of_##type(struct span text)    \
    {                                                \
        enum type v;                                 \
        return type##_parse(text, &v) ? (int)v : -1; \
    }

AS_NUMBERS(relay_kind)
AS_NUMBERS(relay_state)
AS_NUMBERS(final_status)
AS_NUMBERS(cascade_state)
AS_NUMBERS(outcome)
AS_NUMBERS(direction)
AS_NUMBERS(origin)
AS_NUMBERS(message_kind)
AS_NUMBERS(delivery)
AS_NUMBERS(outbox_kind)
AS_NUMBERS(outbox_class)
AS_NUMBERS(outbox_state)
AS_NUMBERS(duty_state)
AS_NUMBERS(question_kind)
AS_NUMBERS(timer_kind)
AS_NUMBERS(link_purpose)
AS_NUMBERS(line_type)

/* clang-format off */
static const struct row {
    const char *says;
    int count;
    const char *(*name)(int);
    int (*number)(struct span);
    const char *last; /* word of the last value: what the store already holds may not move */
} rows[] = {
    {"relay kind", RELAY_KINDS, name_of_relay_kind, number_of_relay_kind, "job"},
    {"relay state", RELAY_STATES, name_of_relay_state, number_of_relay_state, "exhausted"},
    {"final status", FINAL_STATUSES, name_of_final_status, number_of_final_status, "acked"},
    {"cascade state", CASCADE_STATES, name_of_cascade_state, number_of_cascade_state, "over"},
    {"outcome", OUTCOMES, name_of_outcome, number_of_outcome, "menu"},
    {"direction", DIRECTIONS, name_of_direction, number_of_direction, "out"},
    {"origin", ORIGINS, name_of_origin, number_of_origin, "system"},
    {"message kind", MESSAGE_KINDS, name_of_message_kind, number_of_message_kind, "crew"},
    {"delivery", DELIVERIES, name_of_delivery, number_of_delivery, "dropped"},
    {"outbox kind", OUTBOX_KINDS, name_of_outbox_kind, number_of_outbox_kind, "erase"},
    {"outbox class", OUTBOX_CLASSES, name_of_outbox_class, number_of_outbox_class, "bulk"},
    {"outbox state", OUTBOX_STATES, name_of_outbox_state, number_of_outbox_state, "unsure"},
    {"duty state", DUTY_STATES, name_of_duty_state, number_of_duty_state, "away"},
    {"question kind", QUESTION_KINDS, name_of_question_kind, number_of_question_kind, "confirm"},
    {"timer kind", TIMER_KINDS, name_of_timer_kind, number_of_timer_kind, "forget"},
    {"line type", LINE_TYPES, name_of_line_type, number_of_line_type, "other"},
    {"link purpose", LINK_PURPOSES, name_of_link_purpose, number_of_link_purpose, "shift"},
};
/* clang-format on */

static void every_word_reads_back(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];

        for (int v = 0; v < r->count; v++)
            if (r->number(span_of(r->name(v))) != v)
                fail_msg("does not read back: %s %d", r->says, v);
        if (!span_is_text(span_of(r->name(r->count - 1)), r->last))
            fail_msg("the last word of %s is %s", r->says, r->name(r->count - 1));
    }
}

static void a_word_that_is_none_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];

        if (r->number(SPAN("nonsense")) != -1 || r->number(SPAN("Over")) != -1)
            fail_msg("reads nonsense: %s", r->says);
    }
}

static void no_final_status_is_the_empty_word(void **unused)
{
    (void)unused;
    assert_string_equal(final_status_name(FINAL_NONE), "");
    assert_string_equal(final_status_name(FINAL_BACKUP_TRIGGERED), "backup_triggered");
    assert_string_equal(final_status_name(FINAL_DELIVERED), "delivered");
    assert_string_equal(final_status_name(FINAL_FAILED), "failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_reads_back),
        cmocka_unit_test(a_word_that_is_none_is_refused),
        cmocka_unit_test(no_final_status_is_the_empty_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
