#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "provider/media_address.h"

#define RECORDING                                                         \
    "/2010-04-01/Accounts/AC00000000000000000000000000000001/Recordings/" \
    "RE00000000000000000000000000000003"

#define AC "AC00000000000000000000000000000001"
#define MM "MM0123456789abcdef0123456789abcdef"
#define SM "SM0123456789abcdef0123456789abcdef"
#define ME "ME0123456789abcdef0123456789abcde0"
#define AT "https://api.twilio.com/2010-04-01/Accounts/"
#define API "https://api.twilio.com"

static const struct {
    const char *address, *message; /* NULL: it is none */
    const char *says;
} addresses[] = {
    {AT AC "/Messages/" MM "/Media/" ME, MM, "as the carrier writes it"},
    {AT AC "/Messages/" SM "/Media/" ME, SM, "of a message that became one with media later"},
    {"http://10.0.0.1:8080/2010-04-01/Accounts/" AC "/Messages/" MM "/Media/" ME, MM,
     "at another host, which counts for nothing"},
    {AT AC "/Messages/" MM "/Media/" ME "?a=b#c", MM, "with a query, which counts for nothing"},
    {"-", NULL, "one that could not be taken"},
    {"", NULL, "nothing"},
    {"/2010-04-01/Accounts/" AC "/Messages/" MM "/Media/" ME, NULL, "without a host"},
    {"file:///2010-04-01/Accounts/" AC "/Messages/" MM "/Media/" ME, NULL, "of another scheme"},
    {"https://example.com/photo.jpg", NULL, "anything else"},
    {AT AC "/Messages/" MM "/Media/" ME ".json", NULL, "its record, not its bytes"},
    {AT AC "/Messages/" MM "/Media/" ME "/x", NULL, "with more behind it"},
    {AT AC "/Messages/" MM "/Media/", NULL, "without the medium"},
    {AT AC "/Messages/" MM "/Media", NULL, "the list"},
    {AT AC "/Messages/" ME "/Media/" ME, NULL, "with ids in wrong places"},
    {AT "AC/../" AC "/Messages/" MM "/Media/" ME, NULL, "with dots"},
    {AT AC "/Messages/MM0123456789ABCDEF0123456789ABCDEF/Media/" ME, NULL, "in capitals"},
    {AT AC "/Messages/MM%30123456789abcdef0123456789abcde/Media/" ME, NULL, "with escapes"},
    {AT AC "/Messages/MM0123456789abcdef0123456789abcdef0/Media/" ME, NULL, "an id too long"},
    {AT AC "/Calls/" MM "/Media/" ME, NULL, "of a call"},
};

static void of_an_address_the_ids_count(void **state)
{
    struct arena *arena = arena_open(0);

    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct media_address got = {.account = "before"};
        const bool is = media_address_parse(span_of(addresses[i].address), &got);
        if (is != (addresses[i].message != NULL) || (!is && strcmp(got.account, "before")))
            fail_msg("not so: %s", addresses[i].says);
        if (!is)
            continue;
        const char *want = arena_printf(
            arena, API "/2010-04-01/Accounts/" AC "/Messages/%s/Media/" ME, addresses[i].message);
        assert_string_equal(media_address_render(arena, SPAN(API), &got).data, want);
    }
    arena_close(&arena);
}

static const struct {
    const char *api, *target;
    bool may;
    const char *says;
} leads[] = {
    {API, "https://media.twiliocdn.com/a/b?Signature=x", true, "the carrier's storage"},
    {API, "https://MMS.TwilioCDN.com/a", true, "in any case"},
    {API, "https://media.us1.twilio.com:443/a", true, "with the port spelled out"},
    {API, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/a", true, "rented storage"},
    {API, "https://s3-external-1.amazonaws.com/somebody.else/a", false, "of another tenant there"},
    {API, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../b/a", false, "up again"},
    {API, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/%2e./b/a", false,
     "up again, with an escape"},
    {API, "https://s3.amazonaws.com/media.twiliocdn.com/a", false, "another part of it"},
    {API, "https://x.s3-external-1.amazonaws.com/media.twiliocdn.com/a", false, "below it"},
    {API, "http://media.twiliocdn.com/a", false, "without TLS"},
    {API, "https://media.twiliocdn.com:8443/a", false, "another port"},
    {API, "https://user@media.twiliocdn.com/a", false, "with a user"},
    {API, "https://twiliocdn.com/a", false, "the domain itself"},
    {API, "https://eviltwiliocdn.com/a", false, "a longer name"},
    {API, "https://media.twiliocdn.com.example.com/a", false, "a name below another domain"},
    {API, "https://example.com/media.twiliocdn.com/", false, "the name in the path"},
    {API, "https://media.twiliocdn.com@example.com/", false, "the name before the host"},
    {API, "https://127.0.0.1/a", false, "this machine"},
    {API, "https://[::1]/a", false, "this machine by IPv6"},
    {API, "https://169.254.169.254/latest/meta-data", false, "a cloud's metadata"},
    {API, "/relative", false, "no absolute address"},
    {API, "ftp://media.twiliocdn.com/a", false, "another scheme"},
    {"http://127.0.0.1:4010", "http://127.0.0.1:4010/media/x", true, "a rehearsal's own host"},
    {"http://127.0.0.1:4010", "http://127.0.0.1:4011/media/x", false, "another port of it"},
    {"http://127.0.0.1:4010", "http://localhost:4010/media/x", false, "another name of it"},
    {"http://127.0.0.1:4010", "https://127.0.0.1:4010/media/x", false, "another scheme there"},
    {"http://127.0.0.1:4010", "http://10.0.0.1:4010/media/x", false, "the network"},
    {"http://127.0.0.1:4010", "https://media.twiliocdn.com/a", true, "storage in a rehearsal"},
    {"http://[::1]:4010", "http://[::1]:4010/media/x", true, "a rehearsal by IPv6"},
    {"http://127.example.com:80", "http://127.example.com:80/x", false, "a name like loopback"},
};

static void so_of_a_recording(void **state)
{
    static const struct {
        const char *address;
        bool good;
    } rows[] = {
        {"https://api.twilio.com" RECORDING, true},
        {"https://api.twilio.com" RECORDING ".wav", true},
        {"https://api.twilio.com" RECORDING ".mp3", true},
        {"https://elsewhere.example.test" RECORDING, true}, /* the ids count */
        {"https://api.twilio.com" RECORDING ".json", false},
        {"https://api.twilio.com" RECORDING "/", true},
        {"https://api.twilio.com" RECORDING "/Media", false},
        {"https://api.twilio.com" RECORDING "a", false},
        {"https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Recordings",
         false},
        {"https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Recordings/"
         "ME00000000000000000000000000000003",
         false},
        {"https://api.twilio.com/2010-04-01/Accounts/../Recordings/"
         "RE00000000000000000000000000000003",
         false},
        {"recording", false},
        {"", false},
    };
    struct arena *arena = arena_open(0);
    struct recording_address got;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (media_address_recording(span_of(rows[i].address), &got) != rows[i].good)
            fail_msg("not so: %s", rows[i].address);
        if (!rows[i].good)
            continue;
        const struct span at =
            media_address_recording_render(arena, SPAN("https://api.example.test"), &got);
        assert_string_equal(at.data, "https://api.example.test" RECORDING ".mp3");
    }
    arena_close(&arena);
}

static void a_redirect_leads_to_storage_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (media_address_may_lead_to(span_of(leads[i].api), span_of(leads[i].target)) !=
            leads[i].may)
            fail_msg("not so: %s", leads[i].says);
}

static void a_rehearsal_is_on_loopback(void **state)
{
    (void)state;
    assert_true(media_address_is_rehearsal(SPAN("http://127.0.0.1:4010")));
    assert_true(media_address_is_rehearsal(SPAN("http://localhost:4010")));
    assert_false(media_address_is_rehearsal(SPAN(API)));
    assert_false(media_address_is_rehearsal(SPAN("http://10.0.0.1:4010")));
    assert_false(media_address_is_rehearsal(SPAN("nothing")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_an_address_the_ids_count),
        cmocka_unit_test(so_of_a_recording),
        cmocka_unit_test(a_redirect_leads_to_storage_alone),
        cmocka_unit_test(a_rehearsal_is_on_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
