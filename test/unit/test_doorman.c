#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/doorman.h"

static const struct line lines[] = {{.number = "+13125550100"}};
static const struct blocked blocked[] = {{"+13125550190"}, {"+13125550191"}};

static const struct roster_operator people[] = {{.id = "primary", .phone = "+13125550111"}};

enum { RUNG = 1, KNOWN = 2, FORGED = 4, BLIND = 8, MENU = 16, SCREENS = 32 };

/* clang-format off */
static const struct row {
    const char *says, *from, *forwarded_from;
    enum anonymous anonymous;
    int flags;
    enum doorman door;
} rows[] = {
    {"a customer is let in", "+13125550121", "", ANONYMOUS_REFUSE, 0, DOORMAN_OPEN},
    {"our own line would go round", "+13125550100", "", ANONYMOUS_RING, 0, DOORMAN_REFUSE},
    {"also when nobody can be asked", "+13125550100", "", ANONYMOUS_RING, BLIND, DOORMAN_REFUSE},
    {"a blocked number", "+13125550190", "", ANONYMOUS_RING, 0, DOORMAN_REFUSE},
    {"the last of the list", "+13125550191", "", ANONYMOUS_RING, BLIND, DOORMAN_REFUSE},
    {"a number that begins like one", "+131255501911", "", ANONYMOUS_RING, 0, DOORMAN_OPEN},
    {"a withheld number rings by default", "anonymous", "", ANONYMOUS_RING, 0, DOORMAN_OPEN},
    {"or may leave a message", "anonymous", "", ANONYMOUS_VOICEMAIL, 0, DOORMAN_VOICEMAIL},
    {"or is refused", "anonymous", "", ANONYMOUS_REFUSE, 0, DOORMAN_REFUSE},
    {"spelt on a keypad", "+266696687", "", ANONYMOUS_REFUSE, BLIND, DOORMAN_REFUSE},
    {"no number at all", "", "", ANONYMOUS_REFUSE, 0, DOORMAN_REFUSE},
    {"forwarded by a phone that we ring", "+13125550121", "+13125550111", ANONYMOUS_RING, RUNG, DOORMAN_REFUSE},
    {"by an operator's phone that is quiet", "+13125550121", "+13125550111", ANONYMOUS_RING, 0, DOORMAN_OPEN},
    {"by somebody else's", "+13125550121", "+13125550122", ANONYMOUS_RING, BLIND, DOORMAN_OPEN},
    {"without the store an operator's phone is suspect", "+13125550121", "+13125550111", ANONYMOUS_RING, BLIND, DOORMAN_VOICEMAIL},
    {"an unknown caller is asked", "+13125550121", "", ANONYMOUS_RING, SCREENS, DOORMAN_ASK},
    {"so is one without a number", "anonymous", "", ANONYMOUS_RING, SCREENS, DOORMAN_ASK},
    {"a known one is not", "+13125550121", "", ANONYMOUS_RING, SCREENS | KNOWN, DOORMAN_OPEN},
    {"without the store nobody is", "+13125550121", "", ANONYMOUS_RING, SCREENS | BLIND, DOORMAN_OPEN},
    {"an operator has his menu", "+13125550111", "", ANONYMOUS_RING, MENU, DOORMAN_MENU},
    {"unless the business does not want it", "+13125550111", "", ANONYMOUS_RING, 0, DOORMAN_OPEN},
    {"or his number is forged", "+13125550111", "", ANONYMOUS_RING, MENU | FORGED, DOORMAN_OPEN},
    {"who forges it is unknown", "+13125550111", "", ANONYMOUS_RING, MENU | FORGED | SCREENS, DOORMAN_ASK},
    {"without the store he rings the others", "+13125550111", "", ANONYMOUS_RING, MENU | BLIND, DOORMAN_OPEN},
};
/* clang-format on */

static void every_row(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct roster roster = {
            .lines = lines,
            .line_count = 1,
            .operators = people,
            .operator_count = 1,
            .blocked = blocked,
            .blocked_count = 2,
            .anonymous = r->anonymous,
            .screening = r->flags & SCREENS ? SCREENING_VOICEMAIL : SCREENING_NONE,
            .operator_menu = r->flags & MENU,
        };
        const struct doorman_guest guest = {
            .from = span_of(r->from),
            .forwarded_from = span_of(r->forwarded_from),
            .is_rung = r->flags & RUNG,
            .is_known = r->flags & KNOWN,
            .is_forged = r->flags & FORGED,
            .is_blind = r->flags & BLIND,
        };
        const char *why = NULL;
        if (doorman_judge(&roster, &guest, &why) != r->door)
            fail_msg("%s", r->says);
        assert_int_equal(why != NULL, r->door == DOORMAN_REFUSE || r->door == DOORMAN_VOICEMAIL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
