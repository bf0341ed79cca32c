#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "provider/carrier_log.h"

#define API "http://127.0.0.1:4010"
#define ACCOUNT "AC00000000000000000000000000000001"
#define BASE API "/2010-04-01/Accounts/" ACCOUNT "/"
#define SM "SM00000000000000000000000000000001"

static const int64_t AT = 1787709739000; /* 2026-08-26T02:02:19Z, a Wednesday */

static struct arena *arena;
static struct carrier_log_query query;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    query = (struct carrier_log_query){.api = SPAN(API), .account = SPAN(ACCOUNT)};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void is_text(struct span got, const char *want)
{
    if (!span_is_text(got, want))
        fail_msg("%.*s is not %s", SPAN_ARG(got), want);
}

static void an_address_escapes_the_plus_and_puts_the_operator_into_the_name(void **unused)
{
    (void)unused;
    query.from = SPAN("+16195550100");
    query.to = SPAN("+16195550111");
    query.since_ms = AT + 999;
    is_text(carrier_log_texts_url(arena, &query),
            BASE "Messages.json?PageSize=50&From=%2B16195550100&To=%2B16195550111"
                 "&DateSent%3E=2026-08-26T02%3A02%3A19Z");
    is_text(carrier_log_calls_url(arena, &query),
            BASE "Calls.json?PageSize=50&From=%2B16195550100&To=%2B16195550111"
                 "&StartTime%3E=2026-08-26T02%3A02%3A19Z");
}

static void without_filters_an_address_names_none(void **unused)
{
    (void)unused;
    is_text(carrier_log_texts_url(arena, &query), BASE "Messages.json?PageSize=50");
    query.ended_ms = AT;
    is_text(carrier_log_calls_url(arena, &query),
            BASE "Calls.json?PageSize=50&EndTime%3E=2026-08-26T02%3A02%3A19Z");
    query.ended_ms = 0;
    query.parent = SPAN("CA1");
    is_text(carrier_log_calls_url(arena, &query), BASE "Calls.json?PageSize=50&ParentCallSid=CA1");
    is_text(carrier_log_media_url(arena, &query, SPAN(SM)), BASE "Messages/" SM "/Media.json");
}

static void a_text_is_read_whole(void **unused)
{
    struct carrier_log_page page;
    const struct span body =
        SPAN("{\"messages\":[{\"sid\":\"" SM "\",\"from\":\"sip:+16195550150@pbx.test\","
             "\"to\":\"+16195550100\",\"direction\":\"inbound\",\"status\":\"received\","
             "\"error_code\":30007,\"num_media\":\"2\",\"body\":\"The pump is down\","
             "\"date_created\":\"Wed, 26 Aug 2026 02:02:19 +0000\",\"date_sent\":null}]}");

    (void)unused;
    assert_int_equal(carrier_log_texts_parse(arena, &query, body, &page), ERR_NONE);
    assert_int_equal(page.count, 1);
    is_text(page.rows[0].sid, SM);
    is_text(page.rows[0].from, "+16195550150");
    is_text(page.rows[0].to, "+16195550100");
    is_text(page.rows[0].body, "The pump is down");
    assert_int_equal(page.rows[0].way, CARRIER_LOG_IN);
    assert_int_equal(page.rows[0].error_code, 30007);
    assert_int_equal(page.rows[0].media_count, 2);
    assert_true(page.rows[0].at_ms == AT);
    assert_int_equal(page.next.size, 0);
    assert_false(page.strayed);
}

static void a_call_is_read_whole(void **unused)
{
    struct carrier_log_page page;
    const struct span body =
        SPAN("{\"calls\":[{\"sid\":\"CA1\",\"parent_call_sid\":\"CA0\",\"from\":\"+16195550150\","
             "\"to\":\"+16195550100\",\"direction\":\"outbound-api\",\"status\":\"completed\","
             "\"start_time\":\"Wed, 26 Aug 2026 02:02:19 +0000\","
             "\"end_time\":\"Wed, 26 Aug 2026 02:02:21 +0000\",\"duration\":\"2\"}]}");

    (void)unused;
    assert_int_equal(carrier_log_calls_parse(arena, &query, body, &page), ERR_NONE);
    assert_int_equal(page.count, 1);
    is_text(page.rows[0].parent, "CA0");
    assert_int_equal(page.rows[0].way, CARRIER_LOG_OUT);
    assert_int_equal(page.rows[0].delivery, DELIVERY_SENT);
    assert_true(page.rows[0].at_ms == AT);
    assert_true(page.rows[0].end_ms == AT + 2000);
    assert_int_equal(page.rows[0].seconds, 2);
}

/* clang-format off */
static const struct status_row {
    const char *says, *status;
    enum delivery delivery;
    bool ended;
} statuses[] = {
    {"a call in the queue is only accepted",   "queued",      DELIVERY_ACCEPTED, false},
    {"a call under way has not ended",         "in-progress", DELIVERY_ACCEPTED, false},
    {"a status of tomorrow is only accepted",  "levitating",  DELIVERY_ACCEPTED, false},
    {"a call that nobody took has failed",     "no-answer",   DELIVERY_FAILED,   true},
    {"a busy phone is a failure",              "busy",        DELIVERY_FAILED,   true},
};
/* clang-format on */

static void only_an_ended_call_has_an_end(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        const struct status_row *r = &statuses[i];
        struct carrier_log_page page;
        const char *body =
            arena_printf(arena,
                         "{\"calls\":[{\"sid\":\"CA1\",\"status\":\"%s\",\"end_time\":"
                         "\"Wed, 26 Aug 2026 02:02:21 +0000\"}]}",
                         r->status);
        assert_int_equal(carrier_log_calls_parse(arena, &query, span_of(body), &page), ERR_NONE);
        if (page.rows[0].delivery != r->delivery || (page.rows[0].end_ms != 0) != r->ended)
            fail_msg("not so: %s", r->says);
    }
}

/* clang-format off */
static const struct next_row {
    const char *says, *next, *want; /* want NULL: refused */
} nexts[] = {
    {"a path of the account is followed",
     "/2010-04-01/Accounts/" ACCOUNT "/Messages.json?Page=1", BASE "Messages.json?Page=1"},
    {"an address of the same API is followed",
     BASE "Messages.json?Page=1", BASE "Messages.json?Page=1"},
    {"another host is refused", "https://elsewhere.test/2010-04-01/Accounts/" ACCOUNT "/x", NULL},
    {"a host that only begins like ours is refused", API "0/2010-04-01/Accounts/" ACCOUNT "/", NULL},
    {"a user in front of another host is refused", API "@elsewhere.test/2010-04-01/", NULL},
    {"a path without a host of its own is refused", "//elsewhere.test/2010-04-01/", NULL},
    {"another account is refused",
     "/2010-04-01/Accounts/AC00000000000000000000000000000002/Messages.json", NULL},
    {"a blank in it is refused", "/2010-04-01/Accounts/" ACCOUNT "/Messages.json?a b", NULL},
    {"a step up in it, out of the account, is refused",
     "/2010-04-01/Accounts/" ACCOUNT "/../AC00000000000000000000000000000002/Messages.json", NULL},
    {"a step up that is escaped is refused",
     "/2010-04-01/Accounts/" ACCOUNT "/%2E%2e/AC00000000000000000000000000000002/x", NULL},
    {"dots in its query are none",
     "/2010-04-01/Accounts/" ACCOUNT "/Messages.json?Page=1&x=/..", BASE
     "Messages.json?Page=1&x=/.."},
};
/* clang-format on */

static void only_our_own_pages_are_followed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof nexts / sizeof nexts[0]; i++) {
        const struct next_row *r = &nexts[i];
        struct carrier_log_page page;
        const char *body =
            arena_printf(arena, "{\"messages\":[],\"next_page_uri\":\"%s\"}", r->next);
        assert_int_equal(carrier_log_texts_parse(arena, &query, span_of(body), &page), ERR_NONE);
        if (page.strayed != !r->want || !span_is(page.next, span_of(r->want)))
            fail_msg("not so: %s (%.*s)", r->says, SPAN_ARG(page.next));
    }
}

/* clang-format off */
static const struct odd_row {
    const char *says, *body;
    enum err err;
    size_t count;
} odd[] = {
    {"an empty answer is no page", "", ERR_BAD_INPUT, 0},
    {"a text is no page", "\"messages\"", ERR_BAD_INPUT, 0},
    {"an object in place of the list is no page", "{\"messages\":{}}", ERR_BAD_INPUT, 0},
    {"an error is no page", "{\"code\":20003,\"status\":401}", ERR_BAD_INPUT, 0},
    {"rows that are none are left out", "{\"messages\":[1,null,[],\"a\",{}]}", ERR_NONE, 0},
    {"a SID that is a number is none", "{\"messages\":[{\"sid\":7}]}", ERR_NONE, 0},
    {"a SID with a blank is none", "{\"messages\":[{\"sid\":\"a b\"}]}", ERR_NONE, 0},
    {"fields of any type are taken for empty",
     "{\"messages\":[{\"sid\":\"SM1\",\"from\":1,\"to\":[],\"direction\":{},\"status\":3,"
     "\"error_code\":[],\"body\":null,\"num_media\":-1,\"date_created\":5,\"date_sent\":\"soon\"}],"
     "\"next_page_uri\":9}", ERR_NONE, 1},
};
/* clang-format on */

static void unexpected_types_are_no_accident(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct carrier_log_page page = {0};
        const enum err err = carrier_log_texts_parse(arena, &query, span_of(odd[i].body), &page);
        if (err != odd[i].err || page.count != odd[i].count)
            fail_msg("not so: %s", odd[i].says);
        if (page.count && (page.rows[0].from.size || page.rows[0].body.size || page.rows[0].at_ms ||
                           page.rows[0].way != CARRIER_LOG_OTHER))
            fail_msg("not empty: %s", odd[i].says);
    }
}

static void rows_of_other_accounts_are_left_out(void **unused)
{
    struct carrier_log_page page;
    const struct span body =
        SPAN("{\"messages\":[{\"sid\":\"SM1\",\"account_sid\":\"" ACCOUNT "\"},"
             "{\"sid\":\"SM2\",\"account_sid\":\"AC00000000000000000000000000000002\"},"
             "{\"sid\":\"SM3\"}]}");

    (void)unused;
    assert_int_equal(carrier_log_texts_parse(arena, &query, body, &page), ERR_NONE);
    assert_int_equal(page.count, 2);
    is_text(page.rows[0].sid, "SM1");
    is_text(page.rows[1].sid, "SM3");
}

/* clang-format off */
static const struct broken_row {
    const char *says, *body, *want;
} broken[] = {
    {"half of a character is a mark in its place", "cut \\ud83d", "cut \xef\xbf\xbd"},
    {"its other half alone is one too", "\\udd25 cut", "\xef\xbf\xbd cut"},
    {"two first halves are two marks", "\\ud83d\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"so it is in capitals", "\\uDD25", "\xef\xbf\xbd"},
    {"a whole pair is its character", "\\uD83D\\uDD25", "\xf0\x9f\x94\xa5"},
    {"a NUL is a mark", "a\\u0000b", "a\xef\xbf\xbd" "b"},
    {"an escaped backslash begins no escape", "\\\\ud83d", "\\ud83d"},
    {"bytes that are no character are marks", "a\xff" "b", "a\xef\xbf\xbd" "b"},
};
/* clang-format on */

static void a_broken_character_hides_no_page(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct carrier_log_page page = {0};
        const char *body = arena_printf(arena, "{\"messages\":[{\"sid\":\"SM1\",\"body\":\"%s\"}]}",
                                        broken[i].body);
        if (carrier_log_texts_parse(arena, &query, span_of(body), &page) || page.count != 1 ||
            !span_is_text(page.rows[0].body, broken[i].want))
            fail_msg("not so: %s", broken[i].says);
    }
}

static void a_body_beyond_the_limit_is_cut_between_characters(void **unused)
{
    struct carrier_log_page page;
    struct buf body = buf_in(arena, 3 * LIMIT_BODY_BYTES);

    (void)unused;
    buf_add_text(&body, "{\"messages\":[{\"sid\":\"SM1\",\"body\":\"a");
    for (int i = 0; i < LIMIT_BODY_BYTES / 2; i++)
        buf_add_text(&body, "\xc3\xa9");
    buf_add_text(&body, "\"}]}");
    assert_int_equal(carrier_log_texts_parse(arena, &query, buf_span(&body), &page), ERR_NONE);
    assert_int_equal(page.rows[0].body.size, LIMIT_BODY_BYTES - 1);
}

static void media_have_the_addresses_of_a_webhook(void **unused)
{
    struct span media = {0};
    const struct span body =
        SPAN("{\"media_list\":[{\"sid\":\"ME1\"},{\"sid\":2},{\"sid\":\"ME3\"}]}");

    (void)unused;
    assert_int_equal(carrier_log_media_parse(arena, &query, SPAN(SM), body, &media), ERR_NONE);
    is_text(media, BASE "Messages/" SM "/Media/ME1\n" BASE "Messages/" SM "/Media/ME3");
    assert_int_equal(carrier_log_media_parse(arena, &query, SPAN(SM), SPAN("[]"), &media),
                     ERR_BAD_INPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_escapes_the_plus_and_puts_the_operator_into_the_name),
        TEST(without_filters_an_address_names_none),
        TEST(a_text_is_read_whole),
        TEST(a_call_is_read_whole),
        TEST(only_an_ended_call_has_an_end),
        TEST(only_our_own_pages_are_followed),
        TEST(unexpected_types_are_no_accident),
        TEST(rows_of_other_accounts_are_left_out),
        TEST(a_broken_character_hides_no_page),
        TEST(a_body_beyond_the_limit_is_cut_between_characters),
        TEST(media_have_the_addresses_of_a_webhook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
