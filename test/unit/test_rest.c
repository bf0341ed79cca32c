#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "codec/form.h"
#include "provider/rest.h"

enum { NOW = 1000000 };

static struct arena *arena;
static const uint8_t key[CALLBACK_KEY_BYTES] = {1, 2, 3};
static const struct rest_place place = {
    .api = {"http://127.0.0.1:4010", 21},
    .callback = {{"https://example.test", 20}, key},
};

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

static struct outbox text_row(void)
{
    return (struct outbox){
        .id = 1,
        .kind = OUTBOX_TEXT,
        .account = "AC00000000000000000000000000000001",
        .from = "+16195550100",
        .to = "+16195550111",
        .body = SPAN("K7F 1 + 1 = 2 & more"),
    };
}

static struct form form_of(struct rest_request request)
{
    struct form form;

    assert_int_equal(form_parse(arena, request.body, &form), ERR_NONE);
    return form;
}

static void a_text_is_a_post_to_messages(void **unused)
{
    const struct outbox row = text_row();
    const struct rest_request request = rest_render(arena, &place, &row, NOW);
    const struct form form = form_of(request);

    (void)unused;
    assert_string_equal(request.url.data, "http://127.0.0.1:4010/2010-04-01/Accounts/"
                                          "AC00000000000000000000000000000001/Messages.json");
    assert_true(span_is_text(form_get(&form, "To"), "+16195550111"));
    assert_true(span_is_text(form_get(&form, "From"), "+16195550100"));
    assert_true(span_is_text(form_get(&form, "Body"), "K7F 1 + 1 = 2 & more"));
    assert_true(span_is(form_get(&form, "StatusCallback"),
                        callback_url(arena, &place.callback, "/sms/status", 1)));
    assert_null(form_get(&form, "ValidityPeriod").data);
    assert_int_equal(form.count, 4);
}

/* clang-format off */
static const struct validity {
    const char *says;
    int64_t expires_ms;
    const char *want;
} validities[] = {
    {"what is left, in whole seconds", NOW + 15999, "15"},
    {"less than a second is one",      NOW + 10,    "1"},
    {"nothing left is one",            NOW - 5000,  "1"},
    {"never more than the carrier's",  NOW + 36001000, "36000"},
};
/* clang-format on */

static void validity_is_what_is_left(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof validities / sizeof validities[0]; i++) {
        struct outbox row = text_row();
        row.expires_ms = validities[i].expires_ms;
        const struct form form = form_of(rest_render(arena, &place, &row, NOW));
        if (!span_is_text(form_get(&form, "ValidityPeriod"), validities[i].want))
            fail_msg("not so: %s", validities[i].says);
    }
}

#define READ "/webhook/twilio/voice/read"

static const char *document(const char *words)
{
    const struct span url = callback_url(arena, &place.callback, READ, 1);
    char *escaped = arena_text(arena, url);
    const char *and = strchr(escaped, '&');
    const char *action = arena_printf(arena, "%.*s&amp;%s", (int)(and-escaped), escaped, and+1);
    const char *once = arena_printf(arena,
                                    "<Gather numDigits=\"1\" timeout=\"8\" action=\"%s\""
                                    " method=\"POST\"><Say>%s</Say></Gather>",
                                    action, words);

    return arena_printf(
        arena, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>%s%s<Hangup/></Response>", once,
        once);
}

static void a_call_brings_its_document(void **unused)
{
    struct outbox row = text_row();

    (void)unused;
    row.kind = OUTBOX_CALL;
    row.body = SPAN("a < b\npress 1");
    const struct rest_request request = rest_render(arena, &place, &row, NOW);
    const struct form form = form_of(request);
    assert_non_null(strstr(request.url.data, "/Calls.json"));
    assert_string_equal(arena_text(arena, form_get(&form, "Twiml")), document("a &lt; b\npress 1"));
    assert_true(span_is(form_get(&form, "StatusCallback"),
                        callback_url(arena, &place.callback, "/webhook/twilio/call-status", 1)));
    assert_int_equal(form_count(&form, "StatusCallbackEvent"), 4);
}

static struct outbox leg_row(void)
{
    struct outbox row = text_row();

    row.kind = OUTBOX_CALL;
    row.cascade = 1;
    row.has_rung = true;
    row.rung = 2;
    row.body = SPAN("acme");
    row.expires_ms = NOW + 24500;
    return row;
}

#define LEG_AT(what) "https://example.test/webhook/twilio/" what "?c=0000000000001&attempt=2&t=acme"

static void a_leg_asks_at_its_own_address(void **unused)
{
    const struct outbox row = leg_row();
    const struct rest_request request = rest_render(arena, &place, &row, NOW);
    const struct form form = form_of(request);

    (void)unused;
    assert_non_null(strstr(request.url.data, "/Calls.json"));
    assert_true(span_is_text(form_get(&form, "Url"), LEG_AT("voice/screen") "&apart=1"));
    assert_true(span_is_text(form_get(&form, "StatusCallback"), LEG_AT("call-status")));
    assert_int_equal(form_count(&form, "StatusCallbackEvent"), 4);
    assert_true(span_is_text(form_get(&form, "Timeout"), "25"));
    assert_true(span_is_text(form_get(&form, "To"), "+16195550111"));
    assert_true(span_is_text(form_get(&form, "From"), "+16195550100"));
    assert_null(form_get(&form, "Twiml").data);
}

static struct outbox update_row(void)
{
    struct outbox row = text_row();

    row.kind = OUTBOX_UPDATE;
    strcpy(row.to, "CA00000000000000000000000000000001");
    row.cascade = 1;
    row.body = SPAN("");
    return row;
}

static void a_call_is_ended_by_its_id(void **unused)
{
    const struct outbox row = update_row();
    const struct rest_request request = rest_render(arena, &place, &row, NOW);

    (void)unused;
    assert_non_null(strstr(request.url.data, "/Calls/CA00000000000000000000000000000001.json"));
    assert_true(span_is_text(request.body, "Status=completed"));
}

static void a_call_is_sent_for_its_document(void **unused)
{
    struct outbox row = update_row();

    (void)unused;
    row.has_rung = true;
    row.rung = 3;
    struct form form = form_of(rest_render(arena, &place, &row, NOW));
    assert_true(span_is_text(form_get(&form, "Url"), "https://example.test/webhook/twilio/voice"
                                                     "?attempt=3&c=0000000000001"));
    assert_true(span_is_text(form_get(&form, "Method"), "POST"));
    row.body = SPAN("roof 7/b");
    form = form_of(rest_render(arena, &place, &row, NOW));
    assert_true(span_is_text(form_get(&form, "Url"),
                             "https://example.test/api/jobs/roof%207%2Fb/call-webhook"
                             "?attempt=3&c=0000000000001"));
}

/* clang-format off */
static const struct length {
    const char *says, *character;
    size_t count;
} lengths[] = {
    {"letters",                          "a", 6000},
    {"what is escaped",                  "&", 1500},
    {"letters of three bytes",           "\xe2\x82\xac", 2500},
    {"flags, which are two characters",  "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 1500},
};
/* clang-format on */

static void what_is_read_out_is_cut_at_a_character(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct buf body = buf_in(arena, 1 << 16);
        struct outbox row = text_row();
        for (size_t n = 0; n < lengths[i].count; n++)
            buf_add_text(&body, lengths[i].character);
        buf_add_text(&body, "\npress 1");
        row.kind = OUTBOX_CALL;
        row.body = buf_span(&body);
        const struct form form = form_of(rest_render(arena, &place, &row, NOW));
        const struct span twiml = form_get(&form, "Twiml");
        const char *say = strstr(arena_text(arena, twiml), "<Say>") + 5;
        const char *end = strstr(say, "\npress 1</Say>");
        if (!end || !strstr(end + 1, "\npress 1</Say>"))
            fail_msg("the keys are not said: %s", lengths[i].says);
        const size_t one = lengths[i].character[0] == '&' ? 5 : strlen(lengths[i].character);
        if ((size_t)(end - say) % one || utf8_count(twiml) > 4000 || end == say ||
            utf8_valid_bytes(twiml) != twiml.size)
            fail_msg("not so: %s: %zu", lengths[i].says, utf8_count(twiml));
    }
}

static void photos_go_along(void **unused)
{
    struct outbox row = text_row();

    (void)unused;
    row.media = SPAN("https://example.test/m/a/0\nhttps://example.test/m/a/1");
    struct form form = form_of(rest_render(arena, &place, &row, NOW));
    assert_int_equal(form_count(&form, "MediaUrl"), 2);
    assert_true(span_is_text(form_get(&form, "MediaUrl"), "https://example.test/m/a/0"));
    assert_int_equal(form_count(&form, "Body"), 1);
    row.body = SPAN("");
    form = form_of(rest_render(arena, &place, &row, NOW));
    assert_int_equal(form_count(&form, "Body"), 0); /* a photo without a text */
    assert_int_equal(form_count(&form, "MediaUrl"), 2);
}

/* Whatever host its address names: the ids count. */
static void a_recording_is_deleted_by_its_id(void **unused)
{
    struct outbox row = text_row();

    (void)unused;
    row.kind = OUTBOX_ERASE;
    row.body = SPAN("https://elsewhere.test/2010-04-01/Accounts/AC00000000000000000000000000000001/"
                    "Recordings/RE00000000000000000000000000000009.wav");
    const struct rest_request request = rest_render(arena, &place, &row, NOW);
    assert_true(request.is_delete);
    assert_int_equal(request.body.size, 0);
    assert_non_null(strstr(request.url.data, "http://127.0.0.1:4010/2010-04-01/Accounts/"));
    assert_non_null(
        strstr(request.url.data, "/Recordings/RE00000000000000000000000000000009.json"));
    row.kind = OUTBOX_TEXT;
    assert_false(rest_render(arena, &place, &row, NOW).is_delete);
}

static void a_text_and_its_media_are_deleted_by_their_ids(void **unused)
{
    struct outbox row = text_row();

    (void)unused;
    row.kind = OUTBOX_ERASE;
    row.body = SPAN("SM00000000000000000000000000000007");
    struct rest_request request = rest_render(arena, &place, &row, NOW);
    assert_true(request.is_delete);
    assert_non_null(strstr(request.url.data, "/Messages/SM00000000000000000000000000000007.json"));
    row.body = SPAN("https://elsewhere.test/2010-04-01/Accounts/AC00000000000000000000000000000001/"
                    "Messages/MM00000000000000000000000000000007/Media/"
                    "ME00000000000000000000000000000009");
    request = rest_render(arena, &place, &row, NOW);
    assert_non_null(strstr(request.url.data, "/Messages/MM00000000000000000000000000000007/Media/"
                                             "ME00000000000000000000000000000009.json"));
}

static void the_longest_text_fits(void **unused)
{
    struct outbox row = text_row();
    char *body = arena_alloc(arena, LIMIT_BODY_BYTES);

    (void)unused;
    memset(body, '&', LIMIT_BODY_BYTES);
    row.body = (struct span){body, LIMIT_BODY_BYTES};
    const struct form form = form_of(rest_render(arena, &place, &row, NOW));
    assert_int_equal(form_get(&form, "Body").size, LIMIT_BODY_BYTES);
    assert_int_equal(form.count, 4);
}

#define SM "SM00000000000000000000000000000001"

/* clang-format off */
static const struct row {
    const char *says;
    enum rest_outcome outcome;
    int status;
    const char *body;
    struct rest_answer want;
} rows[] = {
    {"201 with a sid is accepted", REST_ANSWERED, 201, "{\"sid\":\"" SM "\"}", {SENT_ACCEPTED, 0, false, SM}},
    {"any success with a sid is",  REST_ANSWERED, 200, "{\"sid\":\"" SM "\"}", {SENT_ACCEPTED, 0, false, SM}},
    {"201 without a sid may be",   REST_ANSWERED, 201, "{\"sid\":null}",       {SENT_UNSURE, 0, false, ""}},
    {"201 that is no JSON may be", REST_ANSWERED, 201, "<html>",               {SENT_UNSURE, 0, false, ""}},
    {"201 cut off may be",         REST_ANSWERED, 201, "{\"sid\":\"" SM,       {SENT_UNSURE, 0, false, ""}},
    {"400 is final, with its code", REST_ANSWERED, 400, "{\"code\":21610}",    {SENT_REFUSED, 21610, false, ""}},
    {"404 without words is final", REST_ANSWERED, 404, "",                     {SENT_REFUSED, 0, false, ""}},
    {"401 is about us, and nothing was done", REST_ANSWERED, 401, "{\"code\":20003}", {SENT_RETRY, 20003, true, ""}},
    {"so is 401 without words",    REST_ANSWERED, 401, "",                     {SENT_RETRY, 0, true, ""}},
    {"204 is what a delete gets",  REST_ANSWERED, 204, "",                     {SENT_ACCEPTED, 0, false, ""}},
    {"403 is about us",            REST_ANSWERED, 403, "{\"code\":20403}",     {SENT_RETRY, 20403, true, ""}},
    {"an account that is suspended is, too", REST_ANSWERED, 403, "{\"code\":20005}", {SENT_RETRY, 20005, true, ""}},
    {"403 about the text is final", REST_ANSWERED, 403, "{\"code\":21610}",  {SENT_REFUSED, 21610, false, ""}},
    {"429 was not done",           REST_ANSWERED, 429, "{\"code\":20429}",     {SENT_RETRY, 20429, false, ""}},
    {"a full queue was not done",  REST_ANSWERED, 400, "{\"code\":21611}",     {SENT_RETRY, 21611, false, ""}},
    {"500 may have been done",     REST_ANSWERED, 500, "{\"code\":20500}",     {SENT_UNSURE, 20500, false, ""}},
    {"503 may have been done",     REST_ANSWERED, 503, "",                     {SENT_UNSURE, 0, false, ""}},
    {"a redirect tells nothing",   REST_ANSWERED, 302, "",                     {SENT_UNSURE, 0, false, ""}},
    {"a code out of range is none", REST_ANSWERED, 400, "{\"code\":99999999999}", {SENT_REFUSED, 0, false, ""}},
    {"what never left is tried again", REST_NOT_SENT, 0, "",                   {SENT_RETRY, 0, false, ""}},
    {"what got lost may have been done", REST_LOST, 0, "",                     {SENT_UNSURE, 0, false, ""}},
};
/* clang-format on */

static void each_answer_has_its_class(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct rest_answer got = rest_parse(r->outcome, r->status, span_of(r->body));
        if (got.sent != r->want.sent || got.error_code != r->want.error_code ||
            got.credentials != r->want.credentials || strcmp(got.sid, r->want.sid) != 0)
            fail_msg("not so: %s", r->says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_a_post_to_messages),
        cmocka_unit_test(validity_is_what_is_left),
        cmocka_unit_test(a_call_brings_its_document),
        cmocka_unit_test(a_leg_asks_at_its_own_address),
        cmocka_unit_test(a_call_is_ended_by_its_id),
        cmocka_unit_test(a_call_is_sent_for_its_document),
        cmocka_unit_test(a_recording_is_deleted_by_its_id),
        cmocka_unit_test(a_text_and_its_media_are_deleted_by_their_ids),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(each_answer_has_its_class),
        cmocka_unit_test(what_is_read_out_is_cut_at_a_character),
        cmocka_unit_test(photos_go_along),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
