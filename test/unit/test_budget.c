#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "rules/budget.h"

enum { TENANT = 1, DAY = 20000 };

static const struct budget_limits limits = {
    .texts_per_day = 5, .calls_per_day = 2, .texts_per_number_per_day = 3};
static struct budget *b;

static int set_up(void **unused)
{
    (void)unused;
    b = budget_open();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    budget_close(&b);
    assert_null(b);
    return 0;
}

static struct budget_ask text(const char *to)
{
    return (struct budget_ask){.tenant = TENANT, .day = DAY, .limits = &limits, .to = span_of(to)};
}

static struct budget_word take(struct budget_ask ask)
{
    return budget_take(b, &ask);
}

static void a_number_has_its_bound_and_the_tenant_his(void **unused)
{
    struct budget_word word;

    (void)unused;
    for (int i = 0; i < 3; i++) {
        word = take(text("+13125550121"));
        assert_true(word.goes && !word.tells && !word.over);
    }
    word = take(text("+13125550121"));
    assert_false(word.goes);
    assert_true(word.tells);
    assert_string_equal(word.over, "texts_per_number_per_day");
    word = take(text("+13125550121"));
    assert_true(!word.goes && !word.tells); /* told already */
    assert_true(take(text("+13125550122")).goes);
    assert_true(take(text("+13125550123")).goes);
    word = take(text("+13125550124"));
    assert_false(word.goes);
    assert_string_equal(word.over, "texts_per_day");
}

static void what_is_urgent_goes_and_is_told(void **unused)
{
    struct budget_ask urgent = text("+13125550121");

    (void)unused;
    urgent.is_urgent = true;
    for (int i = 0; i < 3; i++)
        assert_null(take(urgent).over);
    struct budget_word word = take(urgent);
    assert_true(word.goes && word.tells);
    word = take(urgent);
    assert_true(word.goes && !word.tells && word.over);
    assert_string_equal(take(text("+13125550122")).over, "texts_per_day"); /* they count */
}

static void calls_have_a_bound_of_their_own(void **unused)
{
    struct budget_ask call = text("+13125550121");

    (void)unused;
    call.is_call = true;
    assert_true(take(call).goes);
    assert_true(take(call).goes);
    assert_string_equal(take(call).over, "calls_per_day");
    assert_true(take(text("+13125550121")).goes);
}

static void the_hosts_bounds_stand_beside_the_tenants_own(void **unused)
{
    static const struct tenant_terms terms = {.weight = 1, .texts_a_day = 1, .calls_a_day = 1};
    static const struct budget_limits none;
    struct budget_ask ask = text("+13125550121");

    (void)unused;
    ask.limits = &none;
    ask.terms = &terms;
    assert_true(take(ask).goes);
    assert_string_equal(take(ask).over, "the host's texts_a_day");
    ask.is_call = true;
    assert_true(take(ask).goes);
    const struct budget_word word = take(ask);
    assert_false(word.goes);
    assert_string_equal(word.over, "the host's calls_a_day");
    ask.is_urgent = true;
    assert_true(take(ask).goes);
    ask.limits = &limits; /* whose bound is reached first is named: two calls went */
    assert_string_equal(take(ask).over, "calls_per_day");
    ask.tenant = TENANT + 1;
    ask.terms = &tenant_terms_usual;
    for (int i = 0; i < 50; i++) {
        ask.limits = &none;
        assert_true(take(ask).goes);
    }
}

static void a_new_day_begins_with_nothing_and_tenants_do_not_meet(void **unused)
{
    struct budget_ask ask = text("+13125550121");

    (void)unused;
    for (int i = 0; i < 4; i++)
        (void)take(ask);
    ask.tenant = TENANT + 1;
    assert_true(take(ask).goes);
    ask.tenant = TENANT;
    ask.day++;
    assert_true(take(ask).goes);
    for (int i = 0; i < 3; i++)
        (void)take(ask);
    assert_false(take(ask).tells); /* told by the one before it, anew for this day */
}

static void without_bounds_all_goes_and_is_counted(void **unused)
{
    static const struct budget_limits none;
    struct budget_ask ask = text("+13125550121");

    (void)unused;
    ask.limits = &none;
    for (int i = 0; i < 100; i++)
        assert_true(take(ask).goes);
    ask.limits = NULL;
    assert_true(take(ask).goes);
    assert_false(take(text("+13125550122")).goes); /* a roster that has them again */
}

static void what_was_not_stored_was_not_spent(void **unused)
{
    const struct budget_ask ask = text("+13125550121");

    (void)unused;
    for (int i = 0; i < 20; i++) {
        const struct budget_word word = budget_take(b, &ask);
        assert_true(word.goes);
        budget_give_back(b, &ask, &word);
    }
    for (int i = 0; i < 3; i++)
        (void)budget_take(b, &ask);
    struct budget_word word = budget_take(b, &ask);
    assert_true(word.tells);
    budget_give_back(b, &ask, &word);
    word = budget_take(b, &ask);
    assert_true(word.tells); /* the alarm was not stored either */
}

/* What is written down and known again counts as before. */
static void a_restart_forgets_nothing(void **unused)
{
    struct spent written[64];
    const struct budget_ask ask = text("+13125550121");
    int count = 0;

    (void)unused;
    for (int i = 0; i < 4; i++) {
        const struct budget_word word = budget_take(b, &ask);
        count += budget_rows(&ask, &word, &written[count]);
    }
    assert_int_equal(count, 3 * 2 + 1);
    budget_close(&b);
    b = budget_open();
    for (int i = 0; i < count; i++) {
        struct spent total = written[i]; /* each is added to what is written down */
        for (int n = 0; n < i; n++)
            total.count += strcmp(written[n].what, total.what) == 0 ? written[n].count : 0;
        budget_learn(b, &total);
    }
    const struct budget_word word = budget_take(b, &ask);
    assert_true(!word.goes && !word.tells && word.over);
}

/* Other programs spend of it too. */
static void what_others_have_spent_counts(void **unused)
{
    const struct budget_ask ask = text("+13125550121");
    struct spent total = {.tenant = ask.tenant, .day = ask.day, .what = "texts"};

    (void)unused;
    assert_true(budget_take(b, &ask).goes);
    total.count = ask.limits->texts_per_day;
    budget_learn(b, &total);
    assert_false(budget_take(b, &ask).goes);
    total.count = ask.limits->texts_per_day - 1;
    budget_learn(b, &total);
    assert_true(budget_take(b, &ask).goes);
    assert_false(budget_take(b, &ask).goes);
}

static void many_numbers_and_days_are_kept_apart(void **unused)
{
    char number[32];

    (void)unused;
    for (int day = 0; day < 3; day++)
        for (int i = 0; i < 20000; i++) {
            snprintf(number, sizeof number, "+1312555%05d", i);
            struct budget_ask ask = text(number);
            ask.limits = NULL;
            ask.day += day;
            (void)take(ask);
        }
    for (int i = 0; i < 20000; i += 977) {
        static const struct budget_limits one = {.texts_per_number_per_day = 2};
        snprintf(number, sizeof number, "+1312555%05d", i);
        struct budget_ask ask = text(number);
        ask.limits = &one;
        ask.day += 2;
        assert_true(take(ask).goes);
        assert_false(take(ask).goes);
    }
}

static void the_day_is_the_businesss_own(void **unused)
{
    (void)unused;
    assert_int_equal(budget_day(NULL, INT64_C(20000) * 86400000), 20000);
    assert_int_equal(budget_day(NULL, INT64_C(20000) * 86400000 - 1), 19999);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_has_its_bound_and_the_tenant_his),
        TEST(what_is_urgent_goes_and_is_told),
        TEST(calls_have_a_bound_of_their_own),
        TEST(the_hosts_bounds_stand_beside_the_tenants_own),
        TEST(a_new_day_begins_with_nothing_and_tenants_do_not_meet),
        TEST(without_bounds_all_goes_and_is_counted),
        TEST(what_was_not_stored_was_not_spent),
        TEST(a_restart_forgets_nothing),
        TEST(what_others_have_spent_counts),
        TEST(many_numbers_and_days_are_kept_apart),
        TEST(the_day_is_the_businesss_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
