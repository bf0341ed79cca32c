#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "provider/carrier_error.h"

static void known_codes_have_a_sentence_without_a_stop(void **unused)
{
    static const int32_t codes[] = {21610, 21614, 30003, 30005, 30006, 30007, 30034};

    (void)unused;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const char *words = carrier_error_words(codes[i]);
        assert_non_null(words);
        assert_true(strlen(words) > 10);
        assert_int_not_equal(words[strlen(words) - 1], '.');
    }
    assert_non_null(strstr(carrier_error_words(21610), "STOP"));
    assert_non_null(strstr(carrier_error_words(30003), "switched off"));
}

static void others_have_none(void **unused)
{
    (void)unused;
    assert_null(carrier_error_words(0));
    assert_null(carrier_error_words(-30003));
    assert_null(carrier_error_words(99999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_codes_have_a_sentence_without_a_stop),
        cmocka_unit_test(others_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
