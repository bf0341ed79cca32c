#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/party.h"

static const struct row {
    const char *says, *party;
    bool is_number;
    const char *key, *words;
} rows[] = {
    /* clang-format off */
    {"a number", "+13125550121", true, "+13125550121", "+13125550121"},
    {"the shortest number", "+12345678", true, "+12345678", "+12345678"},
    {"the longest number", "+123456789012345", true, "+123456789012345", "+123456789012345"},
    {"one digit too few", "+1234567", false, "anonymous", "a withheld number"},
    {"one digit too many", "+1234567890123456", false, "anonymous", "a withheld number"},
    {"a number without its plus", "13125550121", false, "anonymous", "a withheld number"},
    {"a letter among the digits", "+1312555O121", false, "anonymous", "a withheld number"},
    {"nothing", "", false, "anonymous", "a withheld number"},
    {"the word", "anonymous", false, "anonymous", "a withheld number"},
    {"another word", "Restricted", false, "anonymous", "a withheld number"},
    {"the keypad's anonymous", "+266696687", false, "anonymous", "a withheld number"},
    {"the keypad's restricted", "+7378742833", false, "anonymous", "a withheld number"},
    {"the keypad's unknown", "+8656696", false, "anonymous", "a withheld number"},
    {"the keypad's unavailable", "+86282452253", false, "anonymous", "a withheld number"},
    {"a short code is kept apart but is no number", "24365", false, "24365", "24365"},
    {"the longest short code", "12345678", false, "12345678", "12345678"},
    {"two digits are no short code", "12", false, "anonymous", "a withheld number"},
    {"a negative number is no short code", "-2436", false, "anonymous", "a withheld number"},
    {"a sip address", "sip:office@example.test", false, "anonymous", "a withheld number"},
    {"a client", "client:front-desk", false, "anonymous", "a withheld number"},
    /* clang-format on */
};

static void every_kind_of_party(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct span party = span_of(r->party);
        if (party_is_number(party) != r->is_number || !span_is_text(party_key(party), r->key) ||
            !span_is_text(party_words(party), r->words))
            fail_msg("%s", r->says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_of_party)};

    return cmocka_run_group_tests_name("party", tests, NULL, NULL);
}
