#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "provider/webhook.h"

#define AC "AccountSid=AC00000000000000000000000000000001"
#define CA "CA0000000000000000000000000000000a"
#define SM "SM0000000000000000000000000000000b"
#define CALL AC "&CallSid=" CA "&From=%2B16195550122&To=%2B16195550100&CallStatus=ringing"
#define TEXT AC "&MessageSid=" SM "&From=%2B16195550122&To=%2B16195550100&Body=hello"
#define RECEIPT AC "&MessageSid=" SM "&From=%2B16195550100&To=%2B16195550111"
#define LEG "c=0000000000001&attempt=2"

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

static enum err parse(enum event_kind kind, const char *query, const char *form, struct event *out)
{
    struct form q, f;
    const struct webhook request = {&q, &f};
    const char *why = NULL;

    assert_int_equal(form_parse(arena, span_of(query), &q), ERR_NONE);
    assert_int_equal(form_parse(arena, span_of(form), &f), ERR_NONE);
    const enum err e = webhook_parse(arena, kind, &request, out, &why);
    assert_int_equal(e != ERR_NONE, why != NULL);
    return e;
}

/* clang-format off */
static const struct refusal {
    const char *says;
    enum event_kind kind;
    const char *query, *form;
    enum err want;
} refusals[] = {
    {"a call", EVENT_CALL, "", CALL, ERR_NONE},
    {"an attempt of 0", EVENT_CALL, "attempt=0", CALL, ERR_NONE},
    {"an attempt out of range", EVENT_CALL, "attempt=65", CALL, ERR_BAD_INPUT},
    {"a negative attempt", EVENT_CALL, "attempt=-1", CALL, ERR_BAD_INPUT},
    {"an attempt that is no number", EVENT_CALL, "attempt=x", CALL, ERR_BAD_INPUT},
    {"an attempt that is empty", EVENT_CALL, "attempt=", CALL, ERR_BAD_INPUT},
    {"an attempt given twice", EVENT_CALL, "attempt=1&attempt=1", CALL, ERR_BAD_INPUT},
    {"no account", EVENT_CALL, "", "CallSid=" CA "&From=&To=1", ERR_BAD_INPUT},
    {"no call", EVENT_CALL, "", AC "&From=&To=1", ERR_BAD_INPUT},
    {"an empty call", EVENT_CALL, "", AC "&CallSid=&From=&To=1", ERR_BAD_INPUT},
    {"a call's id cut off", EVENT_CALL, "", AC "&CallSid=CA12&From=&To=1", ERR_BAD_INPUT},
    {"a call's id that is no hex", EVENT_CALL, "",
     AC "&CallSid=CA0000000000000000000000000000000z&From=&To=1", ERR_BAD_INPUT},
    {"an account cut off", EVENT_CALL, "", "AccountSid=AC1&CallSid=" CA "&From=&To=1", ERR_BAD_INPUT},
    {"another provider's ids", EVENT_CALL, "",
     "AccountSid=6b1f0e4c-0000-4000-8000-000000000001&CallSid=v3:abc-1&From=&To=1", ERR_NONE},
    {"another provider's id over the size", EVENT_CALL, "",
     "AccountSid=x&CallSid=01234567890123456789012345678901234567890&From=&To=1", ERR_BAD_INPUT},
    {"another provider's id with a blank", EVENT_CALL, "",
     "AccountSid=x&CallSid=a+b&From=&To=1", ERR_BAD_INPUT},
    {"a call's id given twice", EVENT_CALL, "", CALL "&CallSid=" CA, ERR_BAD_INPUT},
    {"a From given twice", EVENT_CALL, "", CALL "&From=1", ERR_BAD_INPUT},
    {"a field we do not use given twice", EVENT_CALL, "", CALL "&X=1&X=2", ERR_NONE},
    {"no To", EVENT_CALL, "", AC "&CallSid=" CA "&From=1", ERR_BAD_INPUT},
    {"no From", EVENT_CALL, "", AC "&CallSid=" CA "&To=1", ERR_NONE},
    {"a From with a line's end", EVENT_CALL, "", AC "&CallSid=" CA "&From=a%0Ab&To=1", ERR_BAD_INPUT},
    {"a leg", EVENT_SCREEN, LEG, CALL, ERR_NONE},
    {"a leg of no cascade", EVENT_SCREEN, "attempt=2", CALL, ERR_BAD_INPUT},
    {"a leg of no attempt", EVENT_SCREEN, "c=0000000000001", CALL, ERR_BAD_INPUT},
    {"a leg of a broken id", EVENT_SCREEN, "c=x&attempt=2", CALL, ERR_BAD_INPUT},
    {"a press", EVENT_PRESS, LEG, CALL "&Digits=1", ERR_NONE},
    {"a press given twice", EVENT_PRESS, LEG, CALL "&Digits=1&Digits=2", ERR_BAD_INPUT},
    {"a recording", EVENT_RECORDED, "c=0000000000001", CALL "&RecordingUrl=u&RecordingDuration=3", ERR_NONE},
    {"a recording of an odd length", EVENT_RECORDED, "c=0000000000001", CALL "&RecordingUrl=u&RecordingDuration=-1", ERR_NONE},
    {"a recording's length given twice", EVENT_RECORDED, "c=0000000000001", CALL "&RecordingDuration=1&RecordingDuration=2", ERR_BAD_INPUT},
    {"a transcription", EVENT_TRANSCRIBED, "", CALL "&TranscriptionStatus=completed&TranscriptionText=a", ERR_NONE},
    {"a transcription given twice", EVENT_TRANSCRIBED, "", CALL "&TranscriptionText=a&TranscriptionText=b", ERR_BAD_INPUT},
    {"a name given twice", EVENT_CALL, "", CALL "&CallerName=a&CallerName=b", ERR_BAD_INPUT},
    {"an error that is no number", EVENT_CALL, "attempt=1", CALL "&DialCallStatus=failed&ErrorCode=x&DialCallDuration=y", ERR_NONE},
    {"a call's status", EVENT_CALL_STATUS, "", CALL, ERR_NONE},
    {"a leg's status without its attempt", EVENT_CALL_STATUS, "c=0000000000001", CALL, ERR_BAD_INPUT},
    {"a text", EVENT_TEXT, "", TEXT, ERR_NONE},
    {"a text of no id", EVENT_TEXT, "", AC "&From=1&To=2&Body=x", ERR_BAD_INPUT},
    {"a text given twice", EVENT_TEXT, "", TEXT "&Body=x", ERR_BAD_INPUT},
    {"eleven pictures", EVENT_TEXT, "", TEXT "&NumMedia=11", ERR_NONE},
    {"a number of pictures that is none", EVENT_TEXT, "", TEXT "&NumMedia=x", ERR_NONE},
    {"a picture given twice", EVENT_TEXT, "", TEXT "&NumMedia=1&MediaUrl0=a&MediaUrl0=a", ERR_BAD_INPUT},
    {"a key in a call that reads out", EVENT_HEARD, "m=1&k=2", CALL "&Digits=1", ERR_NONE},
    {"no key in it", EVENT_HEARD, "m=1&k=2&attempt=1", CALL, ERR_NONE},
    {"a key in it given twice", EVENT_HEARD, "m=1&k=2", CALL "&Digits=1&Digits=2", ERR_BAD_INPUT},
    {"a key in it that is none", EVENT_HEARD, "m=1&k=2", CALL "&Digits=%01", ERR_BAD_INPUT},
    {"the end of a call back's dial", EVENT_CALLED, "m=1&k=2", CALL "&DialCallStatus=completed&DialCallDuration=35", ERR_NONE},
    {"one without a duration", EVENT_CALLED, "m=1&k=2", CALL "&DialCallStatus=busy", ERR_NONE},
    {"one with two", EVENT_CALLED, "m=1&k=2", CALL "&DialCallDuration=1&DialCallDuration=2", ERR_BAD_INPUT},
    {"one with a duration that is none", EVENT_CALLED, "m=1&k=2", CALL "&DialCallDuration=-1", ERR_BAD_INPUT},
    {"the end of the customer's leg", EVENT_CALLED, "m=1&k=2", CALL "&ParentCallSid=" CA "&CallDuration=35", ERR_NONE},
    {"one of a parent that is none", EVENT_CALLED, "m=1&k=2", CALL "&ParentCallSid=x", ERR_BAD_INPUT},
    {"a key in no call", EVENT_HEARD, "m=1&k=2", AC "&Digits=1", ERR_BAD_INPUT},
    {"a receipt", EVENT_RECEIPT, "", RECEIPT "&MessageStatus=sent", ERR_NONE},
    {"a receipt of no status", EVENT_RECEIPT, "", RECEIPT, ERR_BAD_INPUT},
    {"a receipt's code that is no number", EVENT_RECEIPT, "", RECEIPT "&MessageStatus=failed&ErrorCode=x", ERR_BAD_INPUT},
};
/* clang-format on */

static void what_is_malformed_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *r = &refusals[i];
        struct event event = {.id = 77};
        const enum err e = parse(r->kind, r->query, r->form, &event);
        if (e != r->want || (e && event.id != 77))
            fail_msg("not so: %s (%s)", r->says, err_name(e));
    }
}

static void a_dials_address_names_its_call_and_how_it_rang(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_CALL,
                           "attempt=3&"
                           "c=0000000000001&alone=1",
                           CALL "&DialCallStatus=completed&DialBridged=true", &e),
                     0);
    assert_true(e.cascade == 1 && e.alone && e.bridged);
    assert_int_equal(parse(EVENT_CALL, "attempt=3", CALL "&DialBridged=false", &e), 0);
    assert_true(e.cascade == 0 && !e.alone && !e.bridged);
}

static void a_call_has_its_fields(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_CALL, "attempt=3", CALL "&DialCallStatus=no-answer", &e), 0);
    assert_int_equal(e.kind, EVENT_CALL);
    assert_int_equal(e.attempt, 3);
    assert_true(span_is_text(e.sid, CA));
    assert_true(span_is_text(e.account, "AC00000000000000000000000000000001"));
    assert_true(span_is_text(e.from, "+16195550122"));
    assert_true(span_is_text(e.to, "+16195550100"));
    assert_true(span_is_text(e.call_status, "ringing"));
    assert_true(span_is_text(e.dial_status, "no-answer"));
    assert_int_equal(parse(EVENT_CALL, "", CALL, &e), 0);
    assert_int_equal(e.attempt, -1);
}

static void a_call_tells_who_forwarded_it_and_whether_its_number_holds(void **unused)
{
    struct event e = {.kind = EVENT_KINDS};

    (void)unused;
    assert_int_equal(parse(EVENT_CALL, "",
                           CALL "&ForwardedFrom=%2B13125550111&StirVerstat=TN-Validation-Failed-A",
                           &e),
                     0);
    assert_true(span_is_text(e.forwarded_from, "+13125550111"));
    assert_true(e.is_forged);
    assert_int_equal(parse(EVENT_CALL, "",
                           CALL "&ForwardedFrom=sip:13125550111@pbx.example.test"
                                "&StirVerstat=TN-Validation-Passed-A",
                           &e),
                     0);
    assert_true(span_is_text(e.forwarded_from, "+13125550111"));
    assert_false(e.is_forged);
    assert_int_equal(parse(EVENT_CALL, "", CALL "&StirVerstat=No-TN-Validation", &e), 0);
    assert_false(e.is_forged || e.forwarded_from.size);
    assert_int_equal(parse(EVENT_CALL, "", CALL "&ForwardedFrom=1&ForwardedFrom=2", &e),
                     ERR_BAD_INPUT);
}

static void a_key_at_the_door_has_its_fields(void **unused)
{
    struct event e = {.kind = EVENT_KINDS};

    (void)unused;
    assert_int_equal(parse(EVENT_KEY, "c=0000000000001&attempt=1&round=1", CALL "&Digits=1", &e),
                     0);
    assert_true(e.cascade != 0 && e.attempt == 1 && e.round == 1);
    assert_true(span_is_text(e.digits, "1") && e.sid.size > 0 && e.to.size > 0);
    assert_int_equal(parse(EVENT_KEY, "c=0000000000001", CALL, &e), 0);
    assert_true(e.attempt == -1 && e.digits.size == 0);
    assert_int_equal(parse(EVENT_KEY, "", CALL "&Digits=1", &e), ERR_BAD_INPUT);
    assert_int_equal(parse(EVENT_KEY, "c=0000000000001&attempt=x", CALL, &e), ERR_BAD_INPUT);
}

static void a_leg_has_its_fields(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_PRESS, LEG, CALL "&Digits=2", &e), 0);
    assert_int_equal(e.cascade, 1);
    assert_int_equal(e.attempt, 2);
    assert_true(span_is_text(e.leg_sid, CA));
    assert_true(span_is_text(e.digits, "2"));
    assert_int_equal(parse(EVENT_CALL_STATUS, LEG, CALL "&SequenceNumber=4", &e), 0);
    assert_int_equal(e.cascade, 1);
    assert_true(span_is_text(e.sequence, "4"));
    assert_true(span_is_text(e.sid, CA));
    assert_int_equal(parse(EVENT_RECORDED, "c=0000000000001",
                           CALL "&RecordingUrl=https%3A%2F%2Fx.test%2FRE1&RecordingDuration=12",
                           &e),
                     0);
    assert_true(span_is_text(e.recording, "https://x.test/RE1"));
    assert_int_equal(e.seconds, 12);
    static const char *const odd[] = {"&RecordingDuration=-1",
                                      "&RecordingDuration=", "&RecordingDuration=1.5",
                                      "&RecordingDuration=x", ""};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char form[1024];
        snprintf(form, sizeof form, "%s&RecordingUrl=u%s", CALL, odd[i]);
        assert_int_equal(parse(EVENT_RECORDED, "c=0000000000001", form, &e), 0);
        assert_int_equal(e.seconds, -1);
    }
    assert_int_equal(parse(EVENT_TRANSCRIBED, "",
                           CALL "&TranscriptionStatus=completed&TranscriptionText=no%20heat", &e),
                     0);
    assert_true(span_is_text(e.body, "no heat"));
    assert_int_equal(
        parse(EVENT_TRANSCRIBED, "", CALL "&TranscriptionStatus=failed&TranscriptionText=x", &e),
        0);
    assert_int_equal(e.body.size, 0);
}

static void a_call_may_bear_a_name_and_a_dial_an_error(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_CALL, "", CALL "&CallerName=%20ROE%0A%20JANE%E2%80%AE", &e), 0);
    assert_true(span_is_text(e.name, "ROE JANE"));
    assert_int_equal(parse(EVENT_CALL, "", CALL "&CallerName=UNKNOWN", &e), 0);
    assert_int_equal(e.name.size, 0);
    assert_int_equal(parse(EVENT_CALL, "attempt=1",
                           CALL "&DialCallStatus=failed&DialCallDuration=3&ErrorCode=13214", &e),
                     0);
    assert_int_equal(e.error_code, 13214);
    assert_int_equal(e.seconds, 3);
}

static void a_text_has_its_fields(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_TEXT, "", TEXT, &e), 0);
    assert_true(span_is_text(e.body, "hello"));
    assert_int_equal(e.media.size, 0);
    assert_int_equal(e.opt_out, OPT_OUT_NONE);
    assert_int_equal(parse(EVENT_TEXT, "", AC "&MessageSid=" SM "&From=&To=1", &e), 0);
    assert_non_null(e.body.data); /* tells a text from a call */
    assert_int_equal(e.body.size, 0);
}

#define AT "https%3A%2F%2Fapi.example.test%2F2010-04-01%2FAccounts%2F"
#define OURS AT "AC00000000000000000000000000000001%2F"
#define PHOTO(n) \
    "Messages%2FMM0000000000000000000000000000000b%2FMedia%2FME0000000000000000000000000000000" n
#define LINE_OF(n)                                                                     \
    "https://api.example.test/2010-04-01/Accounts/AC00000000000000000000000000000001/" \
    "Messages/MM0000000000000000000000000000000b/Media/ME0000000000000000000000000000000" n

/* clang-format off */
static const struct photos {
    const char *says, *fields, *want;
} photos[] = {
    {"no photo", "&NumMedia=0&MediaUrl0=" OURS PHOTO("1"), ""},
    {"one", "&NumMedia=1&MediaUrl0=" OURS PHOTO("1"), LINE_OF("1")},
    {"two, a line each", "&NumMedia=2&MediaUrl1=" OURS PHOTO("2") "&MediaUrl0=" OURS PHOTO("1"), LINE_OF("1") "\n" LINE_OF("2")},
    {"no more than their number", "&NumMedia=1&MediaUrl0=" OURS PHOTO("1") "&MediaUrl1=" OURS PHOTO("2"), LINE_OF("1")},
    {"a number that is none", "&NumMedia=x&MediaUrl0=" OURS PHOTO("1"), LINE_OF("1")},
    {"a negative number", "&NumMedia=-1&MediaUrl0=" OURS PHOTO("1"), LINE_OF("1")},
    {"no number", "&MediaUrl0=" OURS PHOTO("1"), LINE_OF("1")},
    {"one that is missing", "&NumMedia=2&MediaUrl1=" OURS PHOTO("2"), "-\n" LINE_OF("2")},
    {"eleven are ten", "&NumMedia=11", "-\n-\n-\n-\n-\n-\n-\n-\n-\n-"},
    {"one of another account", "&NumMedia=1&MediaUrl0=" AT "AC00000000000000000000000000000002%2F" PHOTO("1"), "-"},
    {"one inside the network", "&NumMedia=1&MediaUrl0=http%3A%2F%2F127.0.0.1%2Fadmin", "-"},
    {"one that is no address", "&NumMedia=1&MediaUrl0=a%0Ab", "-"},
    {"one of another scheme", "&NumMedia=1&MediaUrl0=file%3A%2F%2F%2Fetc%2Fpasswd", "-"},
    {"one with more behind it", "&NumMedia=1&MediaUrl0=" OURS PHOTO("1") "%2F..", "-"},
    {"one with a line's end", "&NumMedia=1&MediaUrl0=" OURS PHOTO("1") "%0A", "-"},
};

static const struct {
    const char *fields;
    enum opt_out want;
} opt_outs[] = {
    {"", OPT_OUT_NONE}, {"&OptOutType=STOP", OPT_OUT_STOP}, {"&OptOutType=START", OPT_OUT_START},
    {"&OptOutType=HELP", OPT_OUT_HELP}, {"&OptOutType=stop", OPT_OUT_STOP},
    {"&OptOutType=", OPT_OUT_NONE}, {"&OptOutType=NEWER", OPT_OUT_NONE},
};
/* clang-format on */

static void only_photos_of_the_account_are_kept(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof photos / sizeof photos[0]; i++) {
        struct event e;
        const char *form = arena_printf(arena, "%s%s", TEXT, photos[i].fields);
        assert_int_equal(parse(EVENT_TEXT, "", form, &e), ERR_NONE);
        if (!span_is_text(e.media, photos[i].want) || !span_is_text(e.body, "hello"))
            fail_msg("not so: %s: %.*s", photos[i].says, SPAN_ARG(e.media));
    }
}

static void the_carriers_own_reading_is_kept(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof opt_outs / sizeof opt_outs[0]; i++) {
        struct event e;
        const char *form = arena_printf(arena, "%s%s", TEXT, opt_outs[i].fields);
        assert_int_equal(parse(EVENT_TEXT, "", form, &e), ERR_NONE);
        if (e.opt_out != opt_outs[i].want)
            fail_msg("not so: %s", opt_outs[i].fields);
    }
}

static void a_key_in_a_call_that_reads_out_has_its_fields(void **unused)
{
    struct event e;

    (void)unused;
    assert_int_equal(parse(EVENT_HEARD, "m=1&k=2&attempt=1", CALL "&Digits=2", &e), 0);
    assert_true(span_is_text(e.sid, CA));
    assert_true(span_is_text(e.digits, "2"));
    assert_int_equal(e.attempt, 1);
    assert_int_equal(e.message, 0); /* whose address it was is checked elsewhere */
    assert_int_equal(
        parse(EVENT_CALLED, "", CALL "&DialCallStatus=completed&DialCallDuration=35", &e), 0);
    assert_true(span_is_text(e.dial_status, "completed"));
    assert_int_equal(e.seconds, 35);
    assert_int_equal(parse(EVENT_CALLED, "",
                           AC "&CallSid=CA0000000000000000000000000000000b&ParentCallSid=" CA
                              "&CallStatus=completed&CallDuration=9",
                           &e),
                     0);
    assert_true(span_is_text(e.sid, CA)); /* the call that we made, not its leg */
    assert_true(span_is_text(e.dial_status, "completed"));
    assert_int_equal(e.seconds, 9);
    assert_int_equal(parse(EVENT_HEARD, "m=1&k=2", CALL, &e), 0);
    assert_int_equal(e.digits.size, 0);
    assert_int_equal(e.attempt, -1);
}

static void the_longest_body_fits_and_one_more_is_full(void **unused)
{
    struct buf form = buf_in(arena, 16384);
    struct event e;

    (void)unused;
    buf_add_text(&form, AC "&MessageSid=" SM "&From=&To=1&Body=");
    for (int i = 0; i < LIMIT_BODY_BYTES; i++)
        buf_add_char(&form, 'a');
    assert_int_equal(parse(EVENT_TEXT, "", form.data, &e), ERR_NONE);
    assert_int_equal(e.body.size, LIMIT_BODY_BYTES);
    buf_add_char(&form, 'a');
    assert_int_equal(parse(EVENT_TEXT, "", form.data, &e), ERR_FULL);
}

/* clang-format off */
static const struct party_row {
    const char *says, *party, *want;
} parties[] = {
    {"a number stays", "+16195550100", "+16195550100"},
    {"a sip address with a plus", "sip:+16195550100@pbx.example.test", "+16195550100"},
    {"a sip address without", "sip:16195550100@pbx.example.test;transport=tls", "+16195550100"},
    {"a secure one with parameters", "sips:+16195550100;phone-context=x@pbx", "+16195550100"},
    {"a sip address without a host", "sip:16195550100", "+16195550100"},
    {"a scheme in capitals", "SIP:+16195550100@pbx.example.test", "+16195550100"},
    {"a plus that is escaped", "sip:%2B16195550100@pbx.example.test", "+16195550100"},
    {"a number as it is dialled abroad", "sip:0016195550100@pbx.example.test", "+16195550100"},
    {"no country's code begins with 0", "sip:06195550100@pbx", "sip:06195550100@pbx"},
    {"nor does one behind a plus", "sip:+06195550100@pbx", "sip:+06195550100@pbx"},
    {"a sip name is no number", "sip:desk@pbx.example.test", "sip:desk@pbx.example.test"},
    {"too few digits are no number", "sip:100@pbx", "sip:100@pbx"},
    {"too many digits are no number", "sip:1234567890123456@pbx", "sip:1234567890123456@pbx"},
    {"a client", "client:desk", "client:desk"},
    {"anonymous", "anonymous", "anonymous"},
    {"a short code", "12345", "12345"},
    {"nobody", "", ""},
};

static const struct status {
    const char *status;
    enum delivery want;
} statuses[] = {
    {"accepted", DELIVERY_ACCEPTED}, {"queued", DELIVERY_ACCEPTED}, {"sending", DELIVERY_ACCEPTED},
    {"sent", DELIVERY_SENT}, {"delivered", DELIVERY_DELIVERED}, {"read", DELIVERY_DELIVERED},
    {"undelivered", DELIVERY_UNDELIVERED}, {"failed", DELIVERY_FAILED},
    {"canceled", DELIVERY_FAILED}, {"some-new-word", DELIVERY_ACCEPTED},
};
/* clang-format on */

static void a_sip_number_is_that_number(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++)
        if (!span_is_text(webhook_number(arena, span_of(parties[i].party)), parties[i].want))
            fail_msg("not so: %s", parties[i].says);
}

static void each_status_has_its_rank(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        struct event e;
        const char *form = arena_printf(
            arena, "%s%s", RECEIPT "&ErrorCode=30003&MessageStatus=", statuses[i].status);
        assert_int_equal(parse(EVENT_RECEIPT, "", form, &e), ERR_NONE);
        if (e.delivery != statuses[i].want || e.error_code != 30003)
            fail_msg("not so: %s", statuses[i].status);
    }
}

static void the_account_alone(void **unused)
{
    struct form form;

    (void)unused;
    assert_int_equal(form_parse(arena, SPAN(CALL), &form), 0);
    assert_true(span_is_text(webhook_account(&form), "AC00000000000000000000000000000001"));
    assert_int_equal(form_parse(arena, SPAN(CALL "&" AC), &form), 0);
    assert_int_equal(webhook_account(&form).size, 0);
    assert_int_equal(form_parse(arena, SPAN("AccountSid=AC1"), &form), 0);
    assert_int_equal(webhook_account(&form).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dials_address_names_its_call_and_how_it_rang),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(a_call_has_its_fields),
        cmocka_unit_test(a_call_tells_who_forwarded_it_and_whether_its_number_holds),
        cmocka_unit_test(a_key_at_the_door_has_its_fields),
        cmocka_unit_test(a_leg_has_its_fields),
        cmocka_unit_test(a_call_may_bear_a_name_and_a_dial_an_error),
        cmocka_unit_test(a_text_has_its_fields),
        cmocka_unit_test(only_photos_of_the_account_are_kept),
        cmocka_unit_test(the_carriers_own_reading_is_kept),
        cmocka_unit_test(a_key_in_a_call_that_reads_out_has_its_fields),
        cmocka_unit_test(the_longest_body_fits_and_one_more_is_full),
        cmocka_unit_test(a_sip_number_is_that_number),
        cmocka_unit_test(each_status_has_its_rank),
        cmocka_unit_test(the_account_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
