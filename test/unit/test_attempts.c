#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "visit/attempts.h"

static const int64_t NOW = 1790000000000;
static struct attempts *attempts;

static int set_up(void **unused)
{
    (void)unused;
    attempts = attempts_open();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    attempts_close(&attempts);
    assert_null(attempts);
    return 0;
}

static struct attempts_word take(enum attempts_of of, const char *key, int64_t now_ms)
{
    return attempts_take(attempts, of, span_of(key), now_ms);
}

static void take_all(enum attempts_of of, const char *key, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(take(of, key, NOW).wait_s, 0);
    assert_int_not_equal(take(of, key, NOW).wait_s, 0);
}

static void a_login_has_ten_tries_and_one_more_every_90_seconds(void **unused)
{
    (void)unused;
    take_all(ATTEMPTS_LOGIN, "anna", 10);
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW).wait_s, 90);
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW + 88500).wait_s, 2); /* rounded up */
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW + 90000).wait_s, 0);
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW + 90000).wait_s, 90);
    assert_int_equal(take(ATTEMPTS_LOGIN, "ben", NOW).wait_s, 0);
}

static void a_login_is_the_same_whatever_its_case(void **unused)
{
    (void)unused;
    take_all(ATTEMPTS_LOGIN, "anna", 10);
    assert_int_not_equal(take(ATTEMPTS_LOGIN, "ANNA", NOW).wait_s, 0);
}

static void a_success_gives_all_back(void **unused)
{
    (void)unused;
    take_all(ATTEMPTS_LOGIN, "anna", 10);
    attempts_clear(attempts, ATTEMPTS_LOGIN, SPAN("Anna"));
    take_all(ATTEMPTS_LOGIN, "anna", 10);
    attempts_clear(attempts, ATTEMPTS_LOGIN, SPAN("nobody")); /* never tried */
}

static void the_first_refusal_is_told_once_until_all_tries_are_back(void **unused)
{
    (void)unused;
    for (int i = 0; i < 10; i++)
        assert_false(take(ATTEMPTS_LOGIN, "anna", NOW).is_first);
    assert_true(take(ATTEMPTS_LOGIN, "anna", NOW).is_first);
    assert_false(take(ATTEMPTS_LOGIN, "anna", NOW).is_first);
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW + 90000).wait_s, 0);
    assert_false(take(ATTEMPTS_LOGIN, "anna", NOW + 90000).is_first);
    const int64_t later = NOW + INT64_C(2000) * 1000;
    for (int i = 0; i < 10; i++)
        assert_int_equal(take(ATTEMPTS_LOGIN, "anna", later).wait_s, 0);
    assert_true(take(ATTEMPTS_LOGIN, "anna", later).is_first);
}

static void an_address_is_never_shut_for_longer_than_ten_seconds(void **unused)
{
    (void)unused;
    take_all(ATTEMPTS_ADDRESS, "203.0.114.9", 30);
    assert_int_equal(take(ATTEMPTS_ADDRESS, "203.0.114.9", NOW).wait_s, 10);
    assert_int_equal(take(ATTEMPTS_ADDRESS, "203.0.114.9", NOW + 10000).wait_s, 0);
    assert_int_equal(take(ATTEMPTS_ADDRESS, "203.0.114.8", NOW).wait_s, 0);
}

static void an_ipv6_address_counts_by_its_network(void **unused)
{
    char address[64];

    (void)unused;
    for (int i = 0; i < 30; i++) {
        snprintf(address, sizeof address, "2a00:1450:4001:80b::%x", i + 1);
        assert_int_equal(take(ATTEMPTS_ADDRESS, address, NOW).wait_s, 0);
    }
    assert_int_not_equal(take(ATTEMPTS_ADDRESS, "2a00:1450:4001:80b:ffff::1", NOW).wait_s, 0);
    assert_int_equal(take(ATTEMPTS_ADDRESS, "2a00:1450:4001:80c::1", NOW).wait_s, 0);
}

static void what_may_be_a_proxy_beside_us_locks_nobody_out(void **unused)
{
    static const char *const near[] = {"127.0.0.1", "10.1.2.3", "192.168.0.7", "::1", "fd00::1",
                                       "unix",      ""};

    (void)unused;
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        for (int n = 0; n < 100; n++)
            assert_int_equal(take(ATTEMPTS_ADDRESS, near[i], NOW).wait_s, 0);
}

static void a_code_is_texted_once_a_minute(void **unused)
{
    (void)unused;
    take_all(ATTEMPTS_CODE, "anna", 1);
    assert_int_equal(take(ATTEMPTS_CODE, "anna", NOW + 1000).wait_s, 59);
    assert_int_equal(take(ATTEMPTS_LOGIN, "anna", NOW).wait_s, 0); /* counted apart */
    assert_int_equal(take(ATTEMPTS_CODE, "anna", NOW + 60000).wait_s, 0);
}

/* Whoever has used up his tries is not forgotten for those who come once. */
static void many_others_make_nobody_forgotten_who_tried_often(void **unused)
{
    char login[32];

    (void)unused;
    take_all(ATTEMPTS_LOGIN, "anna", 10);
    for (int i = 0; i < 20000; i++) {
        snprintf(login, sizeof login, "somebody%d", i);
        assert_int_equal(take(ATTEMPTS_LOGIN, login, NOW).wait_s, 0);
    }
    assert_int_not_equal(take(ATTEMPTS_LOGIN, "anna", NOW).wait_s, 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_login_has_ten_tries_and_one_more_every_90_seconds),
        EACH(a_login_is_the_same_whatever_its_case),
        EACH(a_success_gives_all_back),
        EACH(the_first_refusal_is_told_once_until_all_tries_are_back),
        EACH(an_address_is_never_shut_for_longer_than_ten_seconds),
        EACH(an_ipv6_address_counts_by_its_network),
        EACH(what_may_be_a_proxy_beside_us_locks_nobody_out),
        EACH(a_code_is_texted_once_a_minute),
        EACH(many_others_make_nobody_forgotten_who_tried_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
