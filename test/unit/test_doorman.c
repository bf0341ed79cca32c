#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/doorman.h"

static const struct line lines[] = {{.number = "+13125550100"}};
static const struct blocked blocked[] = {{"+13125550190"}, {"+13125550191"}};

static void every_row(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says, *from;
        enum anonymous anonymous;
        enum doorman door;
    } rows[] = {
        /* clang-format off */
        {"a customer is let in", "+13125550121", ANONYMOUS_REFUSE, DOORMAN_OPEN},
        {"our own line would go round", "+13125550100", ANONYMOUS_RING, DOORMAN_REFUSE},
        {"a blocked number", "+13125550190", ANONYMOUS_RING, DOORMAN_REFUSE},
        {"the last of the list", "+13125550191", ANONYMOUS_RING, DOORMAN_REFUSE},
        {"a number that begins like one", "+131255501911", ANONYMOUS_RING, DOORMAN_OPEN},
        {"a withheld number rings by default", "anonymous", ANONYMOUS_RING, DOORMAN_OPEN},
        {"or may leave a message", "anonymous", ANONYMOUS_VOICEMAIL, DOORMAN_VOICEMAIL},
        {"or is refused", "anonymous", ANONYMOUS_REFUSE, DOORMAN_REFUSE},
        {"spelt on a keypad", "+266696687", ANONYMOUS_REFUSE, DOORMAN_REFUSE},
        {"no number at all", "", ANONYMOUS_REFUSE, DOORMAN_REFUSE},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct roster roster = {.lines = lines,
                                      .line_count = 1,
                                      .blocked = blocked,
                                      .blocked_count = 2,
                                      .anonymous = rows[i].anonymous};
        const char *why = NULL;
        if (doorman_judge(&roster, span_of(rows[i].from), &why) != rows[i].door)
            fail_msg("%s", rows[i].says);
        assert_int_equal(why != NULL, rows[i].door != DOORMAN_OPEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
