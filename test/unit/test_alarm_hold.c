/* alarm/alarm_hold: what is told now, what later, and what not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "alarm/alarm_hold.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };

static struct alarm_hold *hold;
static int64_t now_ms;

static int set_up(void **unused)
{
    (void)unused;
    hold = alarm_hold_open();
    now_ms = INT64_C(1800000000000);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    alarm_hold_close(&hold);
    assert_null(hold);
    return 0;
}

static struct alarm_row row(int32_t tenant, const char *kind, int64_t subject, const char *detail)
{
    struct alarm_row r = {.id = subject + 1, .tenant = tenant, .subject = subject};

    snprintf(r.kind, sizeof r.kind, "%s", kind);
    snprintf(r.detail, sizeof r.detail, "%s", detail);
    return r;
}

/* -1: it is held back; else for how many others it stands. */
static int take(int32_t tenant, const char *kind, int64_t subject, const char *detail)
{
    const struct alarm_row r = row(tenant, kind, subject, detail);
    int more = 99;

    return alarm_hold_take(hold, &r, now_ms, &more) ? more : -1;
}

static int due(int64_t *out_subject)
{
    struct alarm_row r;
    int more = 99;

    if (!alarm_hold_due(hold, now_ms, &r, &more))
        return -1;
    *out_subject = r.subject;
    return more;
}

static void the_first_of_a_kind_is_told_at_once(void **unused)
{
    (void)unused;
    assert_int_equal(take(1, "relay.exhausted", 7, ""), 0);
    assert_int_equal(take(1, "duty.gap", 7, ""), 0);
    assert_int_equal(take(2, "relay.exhausted", 7, ""), 0); /* another business */
}

static void the_same_thing_is_told_once_an_hour(void **unused)
{
    int64_t subject = 0;

    (void)unused;
    assert_int_equal(take(1, "relay.exhausted", 7, ""), 0);
    for (int i = 1; i < 6; i++) {
        now_ms += 10 * MINUTE - 1;
        assert_int_equal(take(1, "relay.exhausted", 7, ""), -1);
        assert_int_equal(due(&subject), -1);
    }
    now_ms += 10 * MINUTE + 6;
    assert_int_equal(take(1, "relay.exhausted", 7, ""), 5); /* and how often it was */
}

static void others_like_it_wait_for_five_minutes_fifteen_and_an_hour(void **unused)
{
    static const int64_t gaps[] = {5 * MINUTE, 15 * MINUTE, 45 * MINUTE, HOUR, HOUR};
    int64_t id = 100, subject = 0;

    (void)unused;
    assert_int_equal(take(1, "text.stray", id++, ""), 0);
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        assert_int_equal(take(1, "text.stray", id++, ""), -1);
        assert_int_equal(take(1, "text.stray", id++, ""), -1);
        assert_int_equal(take(1, "text.stray", id++, ""), -1);
        now_ms += gaps[i] - 1;
        assert_int_equal(due(&subject), -1);
        now_ms += 1;
        assert_int_equal(due(&subject), 2); /* the latest, and two more like it */
        assert_int_equal(subject, id - 1);
        assert_int_equal(due(&subject), -1);
    }
}

static void one_that_comes_when_another_is_due_takes_it_along(void **unused)
{
    int64_t subject = 0;

    (void)unused;
    assert_int_equal(take(1, "text.stray", 1, ""), 0);
    assert_int_equal(take(1, "text.stray", 2, ""), -1);
    now_ms += 5 * MINUTE;
    assert_int_equal(take(1, "text.stray", 3, ""), 1);
    assert_int_equal(due(&subject), -1);
}

static void after_quiet_it_begins_anew(void **unused)
{
    int64_t subject = 0;

    (void)unused;
    for (int i = 0; i < 4; i++) {
        take(1, "text.stray", 10 + i, "");
        now_ms += HOUR;
        due(&subject);
    }
    now_ms += 2 * HOUR;
    assert_int_equal(take(1, "text.stray", 50, ""), 0);
    assert_int_equal(take(1, "text.stray", 51, ""), -1);
    now_ms += 5 * MINUTE;
    assert_int_equal(due(&subject), 0); /* five minutes again, not an hour */
}

/* Each node sees that the carrier is away, and says so: one is told. */
static void what_several_nodes_say_of_the_host_is_told_once(void **unused)
{
    int64_t subject = 0;

    (void)unused;
    assert_int_equal(take(0, "carrier.away", 0, ""), 0);
    assert_int_equal(take(0, "carrier.away", 0, ""), -1);
    assert_int_equal(take(0, "carrier.away", 0, ""), -1);
    now_ms += 5 * MINUTE;
    assert_int_equal(due(&subject), -1);
    assert_int_equal(take(0, "node.lost", 0, "1 of them; 3 live"), 0);
    assert_int_equal(take(0, "node.lost", 0, "1 of them; 3 live"), -1);
    now_ms += 5 * MINUTE;
    assert_int_equal(due(&subject), -1);
    assert_int_equal(take(0, "node.lost", 0, "2 of them; 2 live"), 1); /* that is news */
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(the_first_of_a_kind_is_told_at_once),
        EACH(the_same_thing_is_told_once_an_hour),
        EACH(others_like_it_wait_for_five_minutes_fifteen_and_an_hour),
        EACH(one_that_comes_when_another_is_due_takes_it_along),
        EACH(after_quiet_it_begins_anew),
        EACH(what_several_nodes_say_of_the_host_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
