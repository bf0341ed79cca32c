/* alarm/alarm_way: by which ways an alarm goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alarm/alarm_way.h"

enum {
    C = 1 << ALARM_WAY_COMMAND,
    H = 1 << ALARM_WAY_HOST_WEBHOOK,
    W = 1 << ALARM_WAY_WEBHOOK,
    T = 1 << ALARM_WAY_TEXT,
    V = 1 << ALARM_WAY_VOICE,
};

static const char *const kinds[] = {"relay.", "duty.gap"};
static const struct roster_alarms none = {.is_given = false};
static const struct roster_alarms texts = {.is_given = true, .text_count = 1};
static const struct roster_alarms both = {.is_given = true, .text_count = 1, .voice_count = 2};
static const struct roster_alarms voice = {.is_given = true, .voice_count = 1};
static const struct roster_alarms hook = {.is_given = true, .webhook = "https://x.example"};
static const struct roster_alarms command = {.is_given = true, .command = true};
static const struct roster_alarms some = {
    .is_given = true, .text_count = 1, .kinds = kinds, .kind_count = 2};
static const struct roster_alarms nobody = {.is_given = true};

/* clang-format off */
static const struct row {
    const char *says;
    struct alarm_way_ask ask; /* tenant, is it the host's, has the host a command, a webhook */
    unsigned want;
} rows[] = {
    {"a tenant's go his ways", {&both, false, true, true, "relay.exhausted"}, T | V},
    {"... by his own webhook, not the host's", {&hook, false, true, true, "relay.exhausted"}, W},
    {"who has said nothing is told of by the host's ways", {&none, false, true, true, "relay.exhausted"}, C | H},
    {"... and by none where it has none", {&none, false, false, false, "relay.exhausted"}, 0},
    {"a tenant without a roster too", {NULL, false, true, false, "relay.exhausted"}, C},
    {"the host's command has to be there to be his, else its other ways help out", {&command, false, false, true, "relay.exhausted"}, H},
    {"... and is, where it is", {&command, false, true, true, "relay.exhausted"}, C},
    {"of who names no way the host is told", {&nobody, false, true, true, "relay.exhausted"}, C | H},

    {"what says that nothing is sent goes not by texts alone", {&texts, false, true, true, "carrier.denied"}, T | C | H},
    {"... nor by calls", {&voice, false, false, true, "outbox.stalled"}, V | H},
    {"... nor when a canary is missing", {&both, false, true, false, "canary.missing"}, T | V | C},
    {"... whatever way the tenant has", {&hook, false, true, false, "carrier.away"}, W | C},
    {"what only begins alike is not of that sort", {&texts, false, true, true, "carriers.many"}, T},

    {"he chooses by kind", {&some, false, true, true, "duty.gap"}, T},
    {"... and by group", {&some, false, true, true, "relay.flood"}, T},
    {"what he did not choose he is not told of", {&some, false, true, true, "budget.over"}, 0},
    {"a kind that only begins as one chosen is another", {&some, false, true, true, "duty.gaps"}, 0},
    {"a group is meant with its dot", {&some, false, true, true, "relays"}, 0},

    {"what nobody has heard goes by any way but a call", {&both, false, true, true, "alarm.not-heard"}, T | C | H},
    {"... and the host's where he has no other", {&voice, false, true, false, "alarm.not-heard"}, C},
    {"... and no way where there is none", {&voice, false, false, false, "alarm.not-heard"}, 0},

    {"the host's own go the host's ways", {&both, true, true, true, "node.lost"}, C | H},
    {"... and his where there is one tenant and the host has none", {&both, true, false, false, "node.lost"}, T | V},
    {"... whatever he chose for himself", {&some, true, false, false, "store.failing"}, T},
    {"... and none where nobody has any", {&none, true, false, false, "node.lost"}, 0},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const unsigned got = alarm_way_of(&rows[i].ask);
        if (got != rows[i].want)
            fail_msg("not so: %s: %x, not %x", rows[i].says, got, rows[i].want);
    }
}

/* The rule itself, for every kind that says that sending does not work. */
static void never_only_by_the_channel_that_is_broken(void **unused)
{
    static const char *const broken[] = {"carrier.away", "carrier.denied", "outbox.stalled",
                                         "canary.missing"};
    static const struct roster_alarms *const all[] = {&texts, &voice, &both};

    (void)unused;
    for (size_t k = 0; k < sizeof broken / sizeof broken[0]; k++)
        for (size_t a = 0; a < sizeof all / sizeof all[0]; a++)
            for (int host = 1; host < 4; host++) {
                const struct alarm_way_ask ask = {all[a], false, host & 1, host & 2, broken[k]};
                assert_true(alarm_way_of(&ask) & (C | H));
            }
}

static void names_come_back(void **unused)
{
    enum alarm_way way = ALARM_WAYS;

    (void)unused;
    for (int i = 0; i < ALARM_WAYS; i++) {
        assert_true(alarm_way_parse(span_of(alarm_way_name((enum alarm_way)i)), &way));
        assert_int_equal(way, i);
    }
    assert_false(alarm_way_parse(SPAN("pigeon"), &way));
    assert_int_equal(way, ALARM_WAYS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(never_only_by_the_channel_that_is_broken),
        cmocka_unit_test(names_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
