#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "provider/match.h"

#define LINE               \
    {                      \
        "+16195550100", 12 \
    }
#define PERSON             \
    {                      \
        "+16195550111", 12 \
    }
#define OTHER              \
    {                      \
        "+16195550112", 12 \
    }

enum { SENT = 1000000, UNSURE = 1027000 };

static const struct outbox text = {
    .kind = OUTBOX_TEXT,
    .from = "+16195550100",
    .to = "+16195550111",
    .body = {"K7F The pump is down", 20},
    .sent_ms = SENT,
    .unsure_ms = UNSURE,
};

/* clang-format off */
static const struct row {
    const char *says;
    struct carrier_log_row record;
    bool want;
} rows[] = {
    {"the same words at the same time are it",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT,
      .body = {"K7F The pump is down", 20}}, true},
    {"white space lost at the end is no difference",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT,
      .body = {"K7F The pump is down ", 21}}, true},
    {"the trial's prefix does not count",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT,
      .body = {"Sent from your Twilio trial account - K7F The pump is down", 58}}, true},
    {"a redacted body may be any",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT}, true},
    {"other words are another text",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT, .body = {"K7F", 3}}, false},
    {"another person's text is not it",
     {.to = OTHER, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT}, false},
    {"another line's text is not it",
     {.to = PERSON, .from = OTHER, .way = CARRIER_LOG_OUT, .at_ms = SENT}, false},
    {"an inbound text is not it",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_IN, .at_ms = SENT}, false},
    {"what a document sent is not it",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OTHER, .at_ms = SENT}, false},
    {"five seconds before the request may be it",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT - 5000}, true},
    {"earlier than that it is an older text",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = SENT - 5001}, false},
    {"half a minute after the answer was lost may be it",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = UNSURE + 30000}, true},
    {"later than that it is a newer text",
     {.to = PERSON, .from = LINE, .way = CARRIER_LOG_OUT, .at_ms = UNSURE + 30001}, false},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    struct found found[2];

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (match_unsure(&text, &rows[i].record, 1, found, 2) != rows[i].want)
            fail_msg("not so: %s", rows[i].says);
}

/* The machine's clock was ahead, and was set right before the program started again. */
static void a_clock_that_was_set_back_hides_no_record(void **unused)
{
    struct outbox o = text;
    struct carrier_log_row record = rows[0].record;
    struct found found[1];

    (void)unused;
    o.unsure_ms = SENT - 600000;
    assert_int_equal(match_unsure(&o, &record, 1, found, 1), 1);
    record.at_ms = o.unsure_ms; /* the carrier's clock was right all the time */
    assert_int_equal(match_since_ms(&o), o.unsure_ms - 5000);
    assert_int_equal(match_unsure(&o, &record, 1, found, 1), 1);
}

static void a_call_has_no_words(void **unused)
{
    struct outbox call = text;
    struct carrier_log_row record = rows[4].record;
    struct found found[1];

    (void)unused;
    call.kind = OUTBOX_CALL;
    assert_int_equal(match_unsure(&call, &record, 1, found, 1), 1);
    record.way = CARRIER_LOG_OTHER; /* a leg of a Dial may have the same parties */
    assert_int_equal(match_unsure(&call, &record, 1, found, 1), 0);
}

static struct carrier_log_row made(const char *sid, int64_t at_ms)
{
    struct carrier_log_row row = rows[0].record;

    row.sid = span_of(sid);
    row.at_ms = at_ms;
    return row;
}

static void the_oldest_comes_first_and_one_second_keeps_the_lists_order(void **unused)
{
    const struct carrier_log_row list[] = {made("newest", SENT + 9000), made("d", SENT + 2000),
                                           made("c", SENT + 1000),      made("b", SENT + 1000),
                                           made("a", SENT + 1000),      made("late", SENT + 3000),
                                           made("old", SENT - 60000)};
    const char *const want[] = {"a", "b", "c", "d", "late", "newest"};
    struct found found[8];

    (void)unused;
    assert_int_equal(match_unsure(&text, list, 7, found, 8), 6);
    for (size_t i = 0; i < 6; i++)
        if (!span_is_text(found[i].sid, want[i]))
            fail_msg("place %zu is %.*s", i, SPAN_ARG(found[i].sid));
    assert_int_equal(match_unsure(&text, list, 7, found, 3), 3);
    assert_int_equal(match_unsure(&text, NULL, 0, found, 3), 0);
}

static void what_the_carrier_says_of_it_comes_along(void **unused)
{
    struct carrier_log_row row = rows[0].record;
    struct found found[1];

    (void)unused;
    row.delivery = DELIVERY_UNDELIVERED;
    row.error_code = 30005;
    assert_int_equal(match_unsure(&text, &row, 1, found, 1), 1);
    assert_int_equal(found[0].delivery, DELIVERY_UNDELIVERED);
    assert_int_equal(found[0].error_code, 30005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_clock_that_was_set_back_hides_no_record),
        cmocka_unit_test(a_call_has_no_words),
        cmocka_unit_test(the_oldest_comes_first_and_one_second_keeps_the_lists_order),
        cmocka_unit_test(what_the_carrier_says_of_it_comes_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
