#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/restraint.h"

#define NOW INT64_C(1790000000000)
#define LINE "+13125550101"
#define OTHER "+13125550102"
#define OPERATOR "+13125550111"
#define CUSTOMER "+13125550150"

static const struct roster_operator people[] = {{.id = "anna", .phone = OPERATOR}};
static const struct roster roster = {.operators = people, .operator_count = 1};
static const struct report_only open_row = {1, LINE, NOW, NOW + 3600000, ""};
static const struct report_only_list open_list = {&open_row, 1};

/* clang-format off */
static const struct row {
    const char *says;
    bool is_open, is_unproven, has_roster;
    int32_t tenant;
    const char *line, *to;
    int64_t now_ms;
    bool holds;
} rows[] = {
    {"a line as a rule sends to customers",   false, false, true,  1, LINE,  CUSTOMER, NOW, false},
    {"one in report-only mode does not",      true,  false, true,  1, LINE,  CUSTOMER, NOW, true},
    {"... but to who is on the roster",       true,  false, true,  1, LINE,  OPERATOR, NOW, false},
    {"... until its time is over",            true,  false, true,  1, LINE,  CUSTOMER, NOW + 3600000, false},
    {"another line is as ever",               true,  false, true,  1, OTHER, CUSTOMER, NOW, false},
    {"another tenant's is as ever",           true,  false, true,  2, LINE,  CUSTOMER, NOW, false},
    {"what is unproven leaves by no line",    true,  true,  true,  1, OTHER, CUSTOMER, NOW, true},
    {"... whatever the list says by then",    false, true,  true,  1, LINE,  CUSTOMER, NOW, true},
    {"... but to who is on the roster",       false, true,  true,  1, LINE,  OPERATOR, NOW, false},
    {"without a roster nobody is on it",      true,  false, false, 1, LINE,  OPERATOR, NOW, true},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct restraint restraint = {.tenant = r->tenant,
                                            .roster = r->has_roster ? &roster : NULL,
                                            .open = r->is_open ? &open_list : NULL,
                                            .now_ms = r->now_ms,
                                            .is_unproven = r->is_unproven};

        if (restraint_holds(&restraint, span_of(r->line), span_of(r->to)) != r->holds)
            fail_msg("not so: %s", r->says);
    }
}

static void a_decision_has_what_it_needs(void **unused)
{
    struct facts facts = {.now_ms = NOW};
    struct event event = {.tenant = 1};
    struct context c = {.facts = &facts, .roster = &roster, .event = &event};

    (void)unused;
    assert_false(restraint_of(&c, SPAN(LINE), SPAN(CUSTOMER)));
    c.open = &open_list;
    assert_true(restraint_of(&c, SPAN(LINE), SPAN(CUSTOMER)));
    assert_false(restraint_of(&c, SPAN(OTHER), SPAN(CUSTOMER)));
    event.is_unproven = true;
    assert_true(restraint_of(&c, SPAN(OTHER), SPAN(CUSTOMER)));
    assert_false(restraint_of(&c, SPAN(OTHER), SPAN(OPERATOR)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_decision_has_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
