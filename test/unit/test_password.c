#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "visit/password.h"

/* clang-format off */
static const struct row {
    const char *says, *password, *refused; /* words of the refusal; NULL: it is good */
} rows[] = {
    {"a phrase is good", "the lantern swings at noon", NULL},
    {"ten characters are enough", "h7 kq!mzp2", NULL},
    {"nine are not", "h7 kq!mzp", "at least 10"},
    {"nothing is not", "", "at least 10"},
    {"characters are counted, not bytes", "\xc3\xa9\xc3\xa8\xc3\xa9\xc3\xa8\xc3\xa9", "at least 10"},
    {"what is no text is refused", "abcdefghi\xff\xfe", "is text"},
    {"one character again and again", "aaaaaaaaaaaa", "again and again"},
    {"the same of two bytes", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", "again and again"},
    {"the login", "night.desk", "login"},
    {"the login in capitals and figures", "NIGHT.DESK2024!", "login"},
    {"the login twice", "night.desknight.desk", "login"},
    {"the login within a phrase is not all", "no night.desk tonight", NULL},
    {"the name", "Anna Petrova", "name"},
    {"the business", "acme plumbing1", "name"},
    {"what is tried first", "Password123", "tried first"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *said = password_judge(span_of(rows[i].password), SPAN("night.desk"),
                                          SPAN("Anna Petrova"), SPAN("Acme Plumbing"));
        const char *want = rows[i].refused;
        if (want ? !said || !strstr(said, want) : said != NULL)
            fail_msg("not so: %s: %s", rows[i].says, said ? said : "taken");
    }
}

static void what_is_not_known_refuses_nothing(void **unused)
{
    (void)unused;
    assert_null(password_judge(SPAN("night.desk"), SPAN(""), SPAN(""), SPAN("")));
}

static void more_than_200_characters_are_too_many(void **unused)
{
    char text[201];

    (void)unused;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    assert_null(password_judge((struct span){text, 200}, SPAN(""), SPAN(""), SPAN("")));
    assert_non_null(strstr(password_judge((struct span){text, 201}, SPAN(""), SPAN(""), SPAN("")),
                           "at most 200"));
}

static void a_hash_is_argon2id_and_holds_for_its_password_alone(void **unused)
{
    char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];

    (void)unused;
    assert_int_equal(password_hash(SPAN("the lantern swings"), hash), ERR_NONE);
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
    assert_true(password_is(hash, SPAN("the lantern swings")));
    assert_false(password_is(hash, SPAN("the lantern Swings")));
    assert_false(password_is(hash, SPAN("")));
    assert_int_equal(password_hash(SPAN("the lantern swings"), other), ERR_NONE);
    assert_string_not_equal(hash, other); /* salted */
}

static void nobody_has_the_password_of_an_unknown_login(void **unused)
{
    (void)unused;
    assert_false(password_is("", SPAN("the lantern swings")));
    assert_false(password_is("", SPAN("")));
    assert_false(password_is("no hash at all", SPAN("the lantern swings")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_not_known_refuses_nothing),
        cmocka_unit_test(more_than_200_characters_are_too_many),
        cmocka_unit_test(a_hash_is_argon2id_and_holds_for_its_password_alone),
        cmocka_unit_test(nobody_has_the_password_of_an_unknown_login),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
