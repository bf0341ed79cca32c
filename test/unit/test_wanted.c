#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "setup/wanted.h"

#define OVERRIDES "#ct=2000&rt=5000&rc=2&rp=5xx,ct,rt"
#define HERE "https://ring.example.com"
#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static struct arena *arena;

static const struct wanted here = {.public_url = TEXT(HERE)};

static struct number pointing_here(void)
{
    return (struct number){
        .sid = "PN1",
        .number = "+16195550100",
        .has_voice = true,
        .has_sms = true,
        .fields = {[NUMBER_VOICE_URL] = TEXT(HERE "/webhook/twilio/voice" OVERRIDES),
                   [NUMBER_VOICE_METHOD] = TEXT("POST"),
                   [NUMBER_VOICE_FALLBACK_URL] = TEXT(HERE "/voice/fallback" OVERRIDES),
                   [NUMBER_VOICE_FALLBACK_METHOD] = TEXT("POST"),
                   [NUMBER_STATUS_CALLBACK] = TEXT(HERE "/webhook/twilio/call-status" OVERRIDES),
                   [NUMBER_STATUS_CALLBACK_METHOD] = TEXT("POST"),
                   [NUMBER_SMS_URL] = TEXT(HERE "/sms/inbound" OVERRIDES),
                   [NUMBER_SMS_METHOD] = TEXT("POST"),
                   [NUMBER_SMS_FALLBACK_URL] = TEXT(HERE "/api/sms/inbound" OVERRIDES),
                   [NUMBER_SMS_FALLBACK_METHOD] = TEXT("POST")},
    };
}

/* The one difference, which is of `field`. */
static struct wanted_change only(const struct wanted *w, const struct number *n,
                                 enum number_field field)
{
    struct wanted_change changes[NUMBER_FIELDS];

    assert_int_equal(wanted_changes(arena, w, n, changes), 1);
    assert_int_equal(changes[0].field, field);
    return changes[0];
}

static void what_points_here_differs_in_nothing(void **unused)
{
    struct wanted_change changes[NUMBER_FIELDS];
    const struct number n = pointing_here();

    (void)unused;
    assert_int_equal(wanted_changes(arena, &here, &n, changes), 0);
    assert_int_equal(wanted_weigh(changes, 0), WANTED_SAME);
}

static void a_fresh_number_wants_everything_but_applications(void **unused)
{
    struct wanted_change changes[NUMBER_FIELDS];
    const struct number n = {.has_voice = true, .has_sms = true};

    (void)unused;
    assert_int_equal(wanted_changes(arena, &here, &n, changes), NUMBER_FIELDS - 2);
    assert_int_equal(wanted_weigh(changes, NUMBER_FIELDS - 2), WANTED_BROKEN);
    assert_true(span_is_text(changes[0].will, HERE "/webhook/twilio/voice" OVERRIDES));
}

static void what_a_number_cannot_do_is_not_set(void **unused)
{
    struct wanted_change changes[NUMBER_FIELDS];
    const struct number calls = {.has_voice = true}, texts = {.has_sms = true};

    (void)unused;
    assert_int_equal(wanted_changes(arena, &here, &calls, changes), 6);
    assert_int_equal(wanted_changes(arena, &here, &texts, changes), 4);
    assert_int_equal(changes[0].field, NUMBER_SMS_URL);
}

static void a_static_fallback_stays_until_another_is_given(void **unused)
{
    struct wanted_change changes[NUMBER_FIELDS];
    struct number n = pointing_here();
    struct wanted w = here;

    (void)unused;
    n.fields[NUMBER_VOICE_FALLBACK_URL] = SPAN("https://static.example.com/a.xml");
    n.fields[NUMBER_VOICE_FALLBACK_METHOD] = SPAN("GET");
    assert_int_equal(wanted_changes(arena, &here, &n, changes), 0);

    w.voice_fallback_url = SPAN("https://static.example.com/b.xml");
    assert_true(span_is(only(&w, &n, NUMBER_VOICE_FALLBACK_URL).will, w.voice_fallback_url));

    /* Of a number that points to another system, the fallback is that one's too. */
    n.fields[NUMBER_VOICE_URL] = SPAN("https://old.example.com/voice");
    assert_int_equal(wanted_changes(arena, &here, &n, changes), 3);
}

static void overrides_alone_weigh_less_than_another_address(void **unused)
{
    struct number n = pointing_here();

    (void)unused;
    n.fields[NUMBER_SMS_URL] = SPAN(HERE "/sms/inbound");
    struct wanted_change c = only(&here, &n, NUMBER_SMS_URL);
    assert_int_equal(wanted_weigh(&c, 1), WANTED_LESS);
    n.fields[NUMBER_SMS_URL] = SPAN("https://old.example.com/sms/inbound");
    c = only(&here, &n, NUMBER_SMS_URL);
    assert_int_equal(wanted_weigh(&c, 1), WANTED_BROKEN);
    n.fields[NUMBER_SMS_URL] = SPAN(HERE "/sms/inbound" OVERRIDES);
    n.fields[NUMBER_VOICE_METHOD] = SPAN("GET");
    c = only(&here, &n, NUMBER_VOICE_METHOD);
    assert_int_equal(wanted_weigh(&c, 1), WANTED_BROKEN);
    n.fields[NUMBER_VOICE_METHOD] = SPAN("POST");
    n.fields[NUMBER_STATUS_CALLBACK] = (struct span){0};
    c = only(&here, &n, NUMBER_STATUS_CALLBACK);
    assert_int_equal(wanted_weigh(&c, 1), WANTED_LESS);
}

static void applications_are_taken_off_only_when_asked(void **unused)
{
    struct wanted_change changes[NUMBER_FIELDS];
    struct number n = pointing_here();
    struct wanted w = here;

    (void)unused;
    n.fields[NUMBER_SMS_APPLICATION] = SPAN("AP1");
    assert_int_equal(wanted_changes(arena, &here, &n, changes), 0);
    w.detach = true;
    assert_int_equal(only(&w, &n, NUMBER_SMS_APPLICATION).will.size, 0);
}

static void hosts_are_compared_with_their_ports(void **unused)
{
    (void)unused;
    assert_true(wanted_is_same_host(SPAN("https://RING.example.com/x"), SPAN(HERE)));
    assert_false(wanted_is_same_host(SPAN("https://ring.example.com:8443/x"), SPAN(HERE)));
    assert_false(wanted_is_same_host(SPAN("https://ring.example.com.evil.test/"), SPAN(HERE)));
    assert_false(wanted_is_same_host(SPAN(""), SPAN(HERE)));
}

static void kinds_of_numbers(void **unused)
{
    (void)unused;
    assert_int_equal(number_kind_of(SPAN("+16195550100")), NUMBER_LOCAL);
    assert_int_equal(number_kind_of(SPAN("+18335550100")), NUMBER_TOLL_FREE);
    assert_int_equal(number_kind_of(SPAN("+442079460100")), NUMBER_ABROAD);
    assert_int_equal(number_kind_of(SPAN("+1")), NUMBER_ABROAD);
}

static int open_arena(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int close_arena(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_points_here_differs_in_nothing),
        cmocka_unit_test(a_fresh_number_wants_everything_but_applications),
        cmocka_unit_test(what_a_number_cannot_do_is_not_set),
        cmocka_unit_test(a_static_fallback_stays_until_another_is_given),
        cmocka_unit_test(overrides_alone_weigh_less_than_another_address),
        cmocka_unit_test(applications_are_taken_off_only_when_asked),
        cmocka_unit_test(hosts_are_compared_with_their_ports),
        cmocka_unit_test(kinds_of_numbers),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
