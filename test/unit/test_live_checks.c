#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "setup/live_checks.h"
#include "setup/wanted.h"

static const int64_t NOW = INT64_C(1790000000000), DAY = 86400000;

#define ADDRESS "https://ring.example.com"
#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }
#define RETRIES "#ct=2000&rt=5000&rc=2&rp=5xx,ct,rt"

static const struct console_answer yes = {.outcome = HTTP_ANSWERED,
                                          .status = 200,
                                          .asked_ms = NOW,
                                          .answered_ms = NOW + 100,
                                          .carrier_ms = NOW - 400};
static const struct console_answer denied = {
    .outcome = HTTP_ANSWERED, .status = 401, .code = 20003, .message = TEXT("Authenticate")};
static const struct console_answer nowhere = {.outcome = HTTP_NOT_SENT, .why = "no such host"};

/* A set-up in which nothing is wrong, to be spoilt by each row. */
struct world {
    struct live_facts facts;
    struct self_call_seen self;
    struct live_line line;
    struct number number;
};

static void make_well(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->number = (struct number){
        .sid = "PN1",
        .number = "+16195550100",
        .has_voice = true,
        .has_sms = true,
        .service = TEXT("MG1"),
        .fields = {[NUMBER_VOICE_URL] = TEXT(ADDRESS "/webhook/twilio/voice" RETRIES),
                   [NUMBER_VOICE_METHOD] = TEXT("POST"),
                   [NUMBER_VOICE_FALLBACK_URL] = TEXT("https://static.example.com/voice.xml"),
                   [NUMBER_VOICE_FALLBACK_METHOD] = TEXT("GET"),
                   [NUMBER_STATUS_CALLBACK] = TEXT(ADDRESS "/webhook/twilio/call-status" RETRIES),
                   [NUMBER_STATUS_CALLBACK_METHOD] = TEXT("POST"),
                   [NUMBER_SMS_URL] = TEXT(ADDRESS "/sms/inbound" RETRIES),
                   [NUMBER_SMS_METHOD] = TEXT("POST"),
                   [NUMBER_SMS_FALLBACK_URL] = TEXT("https://static.example.com/text.xml"),
                   [NUMBER_SMS_FALLBACK_METHOD] = TEXT("GET")},
    };
    w->line =
        (struct live_line){SPAN("+16195550100"), &w->number, {REGISTRATION_GOOD, SPAN("VERIFIED")}};
    w->self.right = (struct self_call_answer){.status = 204, .took_ms = 40};
    for (int i = 0; i < SELF_CALL_PATHS; i++)
        w->self.wrong[i] =
            (struct self_call_answer){.status = 403, .body = SPAN("the signature is wrong")};
    w->self.peer = SPAN("203.0.113.7");
    w->self.cert_until_ms = NOW + 60 * DAY;
    w->facts = (struct live_facts){
        .now_ms = NOW,
        .public_url = SPAN(ADDRESS),
        .account = SPAN("AC1"),
        .has_key = true,
        .has_token = true,
        .messages = yes,
        .calls = yes,
        .token = yes,
        .standing = SPAN("active"),
        .money = yes,
        .balance = SPAN("100.00"),
        .currency = SPAN("USD"),
        .numbers = yes,
        .knows_services = true,
        .services = yes,
        .lines = &w->line,
        .line_count = 1,
        .self = &w->self,
    };
}

/* The worst of one check's findings, and its words; the other checks find nothing wrong. */
static void expect(struct world *w, const char *check, enum finding_state state, const char *words)
{
    struct arena *arena = arena_open(0);
    struct finding_list found;
    bool seen = false;

    finding_init(&found, arena);
    live_checks_all(&w->facts, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *f = &found.items[i];
        const bool is_it = strcmp(f->check, check) == 0;
        assert_int_equal(f->state == FINDING_OK, f->why == NULL);
        assert_int_equal(f->state == FINDING_OK, f->mend == NULL);
        if (!is_it && f->state != FINDING_OK)
            fail_msg("%s: %s", f->check, f->what);
        seen |= is_it && f->state == state && strstr(f->what, words);
        if (is_it && f->state > state)
            fail_msg("%s is worse: %s", f->check, f->what);
    }
    if (!seen)
        fail_msg("%s does not say \"%s\"", check, words);
    arena_close(&arena);
    make_well(w);
}

static void what_is_well_is_said_too(void **unused)
{
    static const char *const checks[] = {"public-address", "certificate", "auth-token",
                                         "api-key",        "account",     "balance",
                                         "carrier-clock",  "numbers",     "registration"};
    struct world w;

    (void)unused;
    make_well(&w);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        expect(&w, checks[i], FINDING_OK, "");
}

static void each_ill_of_the_credentials_is_found(void **unused)
{
    struct world w;

    (void)unused;
    make_well(&w);
    w.facts.calls = denied;
    expect(&w, "api-key", FINDING_BAD, "may not read calls: the carrier answered 401, code 20003");
    w.facts.has_key = false;
    expect(&w, "api-key", FINDING_BAD, "no API key");
    w.facts.has_own_key = true, w.facts.has_key = false;
    expect(&w, "api-key", FINDING_UNKNOWN, "own API key is good is not known");
    w.facts.messages = nowhere;
    expect(&w, "api-key", FINDING_UNKNOWN, "may read messages is not known");
    w.facts.token = denied;
    expect(&w, "auth-token", FINDING_BAD, "does not know the auth token");
    w.facts.has_token_2 = true, w.facts.token_2 = denied;
    expect(&w, "auth-token", FINDING_WARN, "second auth token does not count");
    w.facts.standing = SPAN("suspended");
    expect(&w, "account", FINDING_BAD, "suspended");
    w.facts.is_trial = true;
    expect(&w, "account", FINDING_WARN, "on trial");
    w.facts.balance = SPAN("3.20");
    expect(&w, "balance", FINDING_WARN, "3.20 USD");
    w.facts.balance = SPAN("-1.00");
    expect(&w, "balance", FINDING_BAD, "-1.00 USD");
    w.facts.balance = (struct span){0}, w.facts.money = denied;
    expect(&w, "balance", FINDING_UNKNOWN, "not known");
    w.facts.messages.carrier_ms = NOW + 20000;
    expect(&w, "carrier-clock", FINDING_WARN, "20 s behind");
    w.facts.messages.carrier_ms = NOW - 90000;
    expect(&w, "carrier-clock", FINDING_BAD, "89 s ahead of");
}

static void each_way_not_to_be_reached_is_told_apart(void **unused)
{
    struct world w;

    (void)unused;
    make_well(&w);
    w.self.right = (struct self_call_answer){.trouble = HTTP_NO_NAME, .why = "no such name"};
    expect(&w, "public-address", FINDING_BAD, "leads nowhere. (" ADDRESS ": no such name)");
    w.self.right = (struct self_call_answer){.trouble = HTTP_CERT_UNTRUSTED};
    expect(&w, "public-address", FINDING_BAD, "of no authority");
    w.self.right = (struct self_call_answer){.status = 301, .location = SPAN("https://b.example")};
    expect(&w, "public-address", FINDING_BAD, "sends callers on to https://b.example");
    w.self.right = (struct self_call_answer){.status = 403, .body = SPAN("the signature is wrong")};
    expect(&w, "public-address", FINDING_BAD, "answers 403 to a request that is signed right");
    w.self.right = (struct self_call_answer){.status = 403, .body = SPAN("the account is unknown")};
    expect(&w, "public-address", FINDING_BAD, "refuses: the account is unknown");
    w.self.right = (struct self_call_answer){.status = 502};
    expect(&w, "public-address", FINDING_BAD, "answers 502");
    w.self.right = (struct self_call_answer){.status = 404, .server = SPAN("Apache")};
    expect(&w, "public-address", FINDING_BAD, "that is not nextring, but Apache");
    w.self.wrong[3] = (struct self_call_answer){.status = 404};
    expect(&w, "public-address", FINDING_BAD, "/sms/inbound does not get through: status 404");
    w.self.wrong[1] = (struct self_call_answer){.status = 200};
    expect(&w, "public-address", FINDING_BAD,
           "/webhook/twilio/voice takes requests whose signature");
    w.self.is_private = true;
    expect(&w, "public-address", FINDING_WARN, "which is private");
    w.self.right.took_ms = 4000;
    expect(&w, "public-address", FINDING_WARN, "4000 ms");
    w.self.cert_until_ms = NOW + 20 * DAY;
    expect(&w, "certificate", FINDING_WARN, "in 20 days");
    w.self.cert_until_ms = NOW + 3 * DAY;
    expect(&w, "certificate", FINDING_BAD, "in 3 days");
    w.self.cert_until_ms = NOW - DAY;
    expect(&w, "certificate", FINDING_BAD, "ended on 2026-");
}

static void each_ill_of_a_number_is_found(void **unused)
{
    struct world w;

    (void)unused;
    make_well(&w);
    w.number.fields[NUMBER_SMS_URL] = SPAN("https://old.example.com/sms");
    expect(&w, "numbers", FINDING_BAD, "SmsUrl of +16195550100 is https://old.example.com/sms.");
    w.number.fields[NUMBER_VOICE_URL] = SPAN(ADDRESS "/webhook/twilio/voice");
    expect(&w, "numbers", FINDING_WARN, "VoiceUrl of +16195550100");
    w.number.fields[NUMBER_VOICE_FALLBACK_URL] = SPAN(ADDRESS "/voice/fallback" RETRIES);
    w.number.fields[NUMBER_VOICE_FALLBACK_METHOD] = SPAN("POST");
    expect(&w, "numbers", FINDING_WARN, "is at this same server");
    w.number.trunk = SPAN("TK1");
    expect(&w, "numbers", FINDING_BAD, "go to the trunk TK1");
    w.number.fields[NUMBER_VOICE_APPLICATION] = SPAN("AP1");
    expect(&w, "numbers", FINDING_BAD, "the application AP1");
    w.number.service_wins = true;
    expect(&w, "numbers", FINDING_BAD, "dropped by the messaging service MG1");
    w.number.service_wins = true, w.number.service_url = SPAN("https://x.example");
    expect(&w, "numbers", FINDING_BAD, "go where the messaging service MG1 says");
    w.line.registration = (struct registration){REGISTRATION_WAITING, SPAN("IN_PROGRESS")};
    expect(&w, "registration", FINDING_WARN, "under review (IN_PROGRESS)");
    w.line.registration = (struct registration){REGISTRATION_NONE, SPAN("")};
    expect(&w, "registration", FINDING_BAD, "+16195550100 has no A2P 10DLC campaign");
    w.line.registration = (struct registration){REGISTRATION_UNTOLD, SPAN("answered 404")};
    expect(&w, "registration", FINDING_UNKNOWN, "is not known");
    w.line.registration = (struct registration){REGISTRATION_REFUSED, SPAN("FAILED")};
    expect(&w, "registration", FINDING_BAD, "was refused (FAILED)");
}

static void a_line_of_another_account_is_told(void **unused)
{
    struct world w;

    (void)unused;
    make_well(&w);
    w.line.held = NULL;
    expect(&w, "numbers", FINDING_BAD, "is not a number of the account AC1");
}

static void statuses_of_registrations(void **unused)
{
    (void)unused;
    assert_int_equal(registration_state_of(SPAN("VERIFIED")), REGISTRATION_GOOD);
    assert_int_equal(registration_state_of(SPAN("TWILIO_APPROVED")), REGISTRATION_GOOD);
    assert_int_equal(registration_state_of(SPAN("IN_REVIEW")), REGISTRATION_WAITING);
    assert_int_equal(registration_state_of(SPAN("TWILIO_REJECTED")), REGISTRATION_REFUSED);
    assert_int_equal(registration_state_of(SPAN("something new")), REGISTRATION_UNTOLD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_well_is_said_too),
        cmocka_unit_test(each_ill_of_the_credentials_is_found),
        cmocka_unit_test(each_way_not_to_be_reached_is_told_apart),
        cmocka_unit_test(each_ill_of_a_number_is_found),
        cmocka_unit_test(a_line_of_another_account_is_told),
        cmocka_unit_test(statuses_of_registrations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
