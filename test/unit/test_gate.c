#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "river/gate.h"

enum { NOW = 1000000, FIRST_MS = 1000, MOST_MS = 5000 };

static struct gate gate;

static int tear_down(void **unused)
{
    (void)unused;
    gate_close(&gate);
    return 0;
}

static struct gate_pass pass_of(int32_t key_of, const char *account, enum outbox_kind kind)
{
    struct gate_pass p = {.key_of = key_of, .kind = kind};

    snprintf(p.account, sizeof p.account, "%s", account);
    return p;
}

static struct gate_pass text(void)
{
    return pass_of(0, "AC1", OUTBOX_TEXT);
}

static bool enters(struct gate_pass p, int64_t now_ms)
{
    return gate_enter(&gate, &p, now_ms);
}

/* Goes, and is answered so at once. */
static void go(struct gate_pass p, enum gate_word word, int64_t now_ms)
{
    assert_true(gate_enter(&gate, &p, now_ms));
    gate_leave(&gate, &p, word, now_ms);
}

static void a_thousand_waiting_texts_ask_once(void **unused)
{
    (void)unused;
    int asked = 0;

    go(text(), GATE_DENIED, NOW);
    for (int i = 0; i < 1000; i++)
        asked += enters(text(), NOW + FIRST_MS + i);
    assert_int_equal(asked, 1);
}

static void all_go_on_once_the_probe_is_accepted(void **unused)
{
    (void)unused;
    go(text(), GATE_DENIED, NOW);
    assert_false(enters(text(), NOW + FIRST_MS - 1));
    go(text(), GATE_ACCEPTED, NOW + FIRST_MS);
    for (int i = 0; i < 100; i++)
        assert_true(enters(text(), NOW + FIRST_MS));
}

static void the_next_probe_goes_later_each_time_up_to_a_bound(void **unused)
{
    (void)unused;
    static const int64_t waits[] = {FIRST_MS, 2000, 4000, MOST_MS, MOST_MS, MOST_MS};
    int64_t now_ms = NOW;

    go(text(), GATE_DENIED, now_ms);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        assert_false(enters(text(), now_ms + waits[i] - 1));
        now_ms += waits[i];
        go(text(), GATE_DENIED, now_ms);
    }
}

static void what_was_under_way_before_is_no_probe(void **unused)
{
    (void)unused;
    struct gate_pass early[3] = {text(), text(), text()};

    for (int i = 0; i < 3; i++)
        assert_true(gate_enter(&gate, &early[i], NOW));
    gate_leave(&gate, &early[0], GATE_DENIED, NOW);
    struct gate_pass probe = text();
    assert_true(gate_enter(&gate, &probe, NOW + FIRST_MS));
    gate_leave(&gate, &early[1], GATE_DENIED, NOW + FIRST_MS);
    gate_leave(&gate, &early[2], GATE_UNKNOWN, NOW + FIRST_MS);
    assert_false(enters(text(), NOW + 2 * MOST_MS)); /* the probe is still under way */
    gate_leave(&gate, &probe, GATE_DENIED, NOW + 2 * MOST_MS);
    assert_false(enters(text(), NOW + 2 * MOST_MS));
}

static void a_probe_without_an_answer_is_followed_by_another(void **unused)
{
    (void)unused;
    go(text(), GATE_DENIED, NOW);
    go(text(), GATE_UNKNOWN, NOW + FIRST_MS);
    go(text(), GATE_ACCEPTED, NOW + FIRST_MS);
    assert_true(enters(text(), NOW + FIRST_MS));
    assert_true(enters(text(), NOW + FIRST_MS));
}

static void credentials_given_anew_open_it_at_once(void **unused)
{
    (void)unused;
    struct gate_pass late = text();

    assert_true(gate_enter(&gate, &late, NOW));
    go(text(), GATE_DENIED, NOW);
    struct gate_pass fresh = text();
    fresh.edition = 1;
    for (int i = 0; i < 100; i++)
        assert_true(enters(fresh, NOW));
    gate_leave(&gate, &late, GATE_DENIED, NOW); /* by those that are gone */
    assert_true(enters(fresh, NOW));
}

static void others_are_not_held_up(void **unused)
{
    (void)unused;
    go(pass_of(7, "AC1", OUTBOX_TEXT), GATE_DENIED, NOW);
    assert_false(enters(pass_of(7, "AC1", OUTBOX_TEXT), NOW));
    assert_true(enters(pass_of(7, "AC1", OUTBOX_CALL), NOW));
    assert_true(enters(pass_of(7, "AC2", OUTBOX_TEXT), NOW));
    assert_true(enters(pass_of(0, "AC1", OUTBOX_TEXT), NOW));
}

static void one_of_many_opens_alone(void **unused)
{
    (void)unused;
    for (int i = 1; i <= 200; i++)
        go(pass_of(i, "AC1", OUTBOX_TEXT), GATE_DENIED, NOW);
    go(pass_of(3, "AC1", OUTBOX_TEXT), GATE_ACCEPTED, NOW + FIRST_MS);
    for (int i = 1; i <= 200; i++)
        assert_int_equal(enters(pass_of(i, "AC1", OUTBOX_TEXT), NOW), i == 3);
}

static void a_clock_put_back_holds_nobody_up(void **unused)
{
    (void)unused;
    go(text(), GATE_DENIED, NOW);
    assert_true(enters(text(), NOW - 3600000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_thousand_waiting_texts_ask_once, tear_down),
        cmocka_unit_test_teardown(all_go_on_once_the_probe_is_accepted, tear_down),
        cmocka_unit_test_teardown(the_next_probe_goes_later_each_time_up_to_a_bound, tear_down),
        cmocka_unit_test_teardown(what_was_under_way_before_is_no_probe, tear_down),
        cmocka_unit_test_teardown(a_probe_without_an_answer_is_followed_by_another, tear_down),
        cmocka_unit_test_teardown(credentials_given_anew_open_it_at_once, tear_down),
        cmocka_unit_test_teardown(others_are_not_held_up, tear_down),
        cmocka_unit_test_teardown(one_of_many_opens_alone, tear_down),
        cmocka_unit_test_teardown(a_clock_put_back_holds_nobody_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
