#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/tenant.h"

static void names_read_back(void **unused)
{
    enum tenant_state state = TENANT_STATES;
    enum tenant_secret secret = TENANT_SECRETS;

    (void)unused;
    for (int i = 0; i < TENANT_STATES; i++) {
        assert_true(tenant_state_parse(span_of(tenant_state_name((enum tenant_state)i)), &state));
        assert_int_equal(state, i);
    }
    for (int i = 0; i < TENANT_SECRETS; i++) {
        assert_true(
            tenant_secret_parse(span_of(tenant_secret_name((enum tenant_secret)i)), &secret));
        assert_int_equal(secret, i);
    }
    assert_false(tenant_state_parse(SPAN("gone"), &state));
    assert_false(tenant_secret_parse(SPAN("AUTH_TOKEN"), &secret));
}

static void usual_terms_bound_nothing(void **unused)
{
    (void)unused;
    assert_int_equal(tenant_terms_usual.state, TENANT_ACTIVE);
    assert_int_equal(tenant_terms_usual.weight, 1);
    assert_int_equal(tenant_terms_usual.texts_a_day + tenant_terms_usual.calls_a_day, 0);
}

static const struct {
    const char *text;
    bool is_slug, is_account;
} words[] = {
    {"acme", true, true},
    {"acme-2", true, true},
    {"Acme", false, true},
    {"AC0123_x", false, true},
    {"a me", false, false},
    {"", false, false},
    {"../x", false, false},
    {"a2345678901234567890123456789012", false, true},
    {"a23456789012345678901234567890123456789012", false, false},
};

static void slugs_and_accounts_are_told_from_other_words(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tenant_is_slug(span_of(words[i].text)) != words[i].is_slug ||
            tenant_is_account(span_of(words[i].text)) != words[i].is_account)
            fail_msg("not so: %s", words[i].text);
}

static void one_is_found_by_slug(void **unused)
{
    const struct tenant list[] = {
        {.id = 3, .slug = "a"}, {.id = 1, .slug = "b"}, {.id = 2, .slug = "bb"}};

    (void)unused;
    assert_int_equal(tenant_find(list, 3, SPAN("a"))->id, 3);
    assert_int_equal(tenant_find(list, 3, SPAN("b"))->id, 1);
    assert_int_equal(tenant_find(list, 3, SPAN("bb"))->id, 2);
    assert_null(tenant_find(list, 3, SPAN("c")));
    assert_null(tenant_find(NULL, 0, SPAN("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_read_back),
        cmocka_unit_test(usual_terms_bound_nothing),
        cmocka_unit_test(slugs_and_accounts_are_told_from_other_words),
        cmocka_unit_test(one_is_found_by_slug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
