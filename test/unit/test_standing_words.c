#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "visit/standing_words.h"

static const int64_t NOW = INT64_C(1790000000000), MINUTE = 60000;

/* All is well, and everything was used a minute ago. */
static struct standing_words_figures well(void)
{
    return (struct standing_words_figures){
        .now_ms = NOW,
        .started_ms = NOW - 1000 * MINUTE,
        .can_store = true,
        .answered_ms = NOW - MINUTE,
        .signed_ms = NOW - MINUTE,
        .roster_is_good = true,
        .roster_version = 4,
    };
}

static void expect(enum standing_words_part part, const struct standing_words_figures *f,
                   enum standing_words_state state, const char *words)
{
    struct arena *arena = arena_open(0);
    const struct standing_words got = standing_words(arena, part, f);

    if (got.state != state || !memmem(got.words.data, got.words.size, words, strlen(words)))
        fail_msg("%s: %s, %.*s", standing_words_part_name(part),
                 standing_words_state_name(got.state), SPAN_ARG(got.words));
    arena_close(&arena);
}

static void all_parts_are_well_when_all_is(void **unused)
{
    const struct standing_words_figures f = well();

    (void)unused;
    for (int i = 0; i < STANDING_PARTS; i++)
        expect((enum standing_words_part)i, &f, STANDING_OK, ".");
}

static void the_store_is_broken_catching_up_or_slow(void **unused)
{
    struct standing_words_figures f = well();

    (void)unused;
    f.can_store = false;
    f.spooled = 12;
    expect(STANDING_STORE, &f, STANDING_BAD, "kept aside (12 now)");
    f.can_store = true;
    expect(STANDING_STORE, &f, STANDING_WARN, "12 events are still brought in");
    f.spooled = 0;
    f.commit_us = 900000;
    expect(STANDING_STORE, &f, STANDING_WARN, "the last commit took 900 ms");
    f.commit_us = 0;
    f.nodes = 2;
    expect(STANDING_STORE, &f, STANDING_OK, "by 2 nodes");
    f.nodes_lost = 1;
    expect(STANDING_STORE, &f, STANDING_WARN, "1 of the nodes that share the database has died");
}

static void the_queue_is_long_or_unsure(void **unused)
{
    struct standing_words_figures f = well();

    (void)unused;
    f.unsure = 1;
    expect(STANDING_QUEUE, &f, STANDING_WARN, "Of 1 text ");
    f.unsure = 11;
    expect(STANDING_QUEUE, &f, STANDING_BAD, "Of 11 texts ");
    f.waiting = 5000;
    expect(STANDING_QUEUE, &f, STANDING_BAD, "5000 events wait");
}

static void the_carrier_is_away_denies_or_refuses(void **unused)
{
    struct standing_words_figures f = well();

    (void)unused;
    f.away_ms = NOW - 30000;
    expect(STANDING_CARRIER, &f, STANDING_WARN, "since 30 s");
    f.answered_ms = NOW - 20 * MINUTE;
    f.away_ms = NOW - 10 * MINUTE;
    expect(STANDING_CARRIER, &f, STANDING_BAD, "since 10 min");
    f.answered_ms = f.denied_ms = NOW - MINUTE;
    expect(STANDING_CARRIER, &f, STANDING_BAD, "TWILIO_API_KEY");
    f.denied_ms = NOW - 2 * MINUTE;
    f.refused_ms = NOW - MINUTE;
    f.refused_code = 21610;
    f.refused_status = 400;
    expect(STANDING_CARRIER, &f, STANDING_WARN, "code 21610, status 400");
    f.refused_ms = NOW - 20 * MINUTE;
    expect(STANDING_CARRIER, &f, STANDING_OK, "answered");
}

static void webhooks_without_a_right_signature_are_told_of_for_a_while(void **unused)
{
    struct standing_words_figures f = well();

    (void)unused;
    f.unsigned_count = 3;
    f.unsigned_ms = NOW - 30000;
    expect(STANDING_WEBHOOKS, &f, STANDING_BAD, "3 had no right signature");
    f.signed_ms = NOW - 1000;
    expect(STANDING_WEBHOOKS, &f, STANDING_WARN, "those of the carrier come through");
    f.unsigned_ms = NOW - 16 * MINUTE;
    expect(STANDING_WEBHOOKS, &f, STANDING_OK, "came 1 s ago");
    f.signed_ms = 0;
    expect(STANDING_WEBHOOKS, &f, STANDING_OK, "None has come");
}

static void the_roster_is_refused_or_old(void **unused)
{
    struct standing_words_figures f = well();

    (void)unused;
    f.roster_age_s = 7300;
    expect(STANDING_ROSTER, &f, STANDING_OK, "Version 4");
    f.roster_is_address = true;
    expect(STANDING_ROSTER, &f, STANDING_WARN, "last seen 2 h ago");
    f.roster_is_good = false;
    expect(STANDING_ROSTER, &f, STANDING_WARN, "version 4 stays in force");
    f.streams = 1;
    expect(STANDING_STREAM, &f, STANDING_OK, "1 board looks on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_parts_are_well_when_all_is),
        cmocka_unit_test(the_store_is_broken_catching_up_or_slow),
        cmocka_unit_test(the_queue_is_long_or_unsure),
        cmocka_unit_test(the_carrier_is_away_denies_or_refuses),
        cmocka_unit_test(webhooks_without_a_right_signature_are_told_of_for_a_while),
        cmocka_unit_test(the_roster_is_refused_or_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
