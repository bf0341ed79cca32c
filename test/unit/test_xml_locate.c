#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/xml.h"

/* clang-format off */
static const struct row {
    const char *says;
    const char *text;
    size_t element;
    const char *attr, *within;
    int line, column;
} rows[] = {
    {"the root begins the text",            "<a><b/></a>", 0, NULL, NULL, 1, 1},
    {"an element within",                   "<a><b/></a>", 1, NULL, NULL, 1, 4},
    {"lines are counted",                   "<a>\n  <b/>\n\n <c/></a>", 2, NULL, NULL, 4, 2},
    {"a declaration is no element",         "<?xml version='1.0'?>\n<a/>", 0, NULL, NULL, 2, 1},
    {"nor is a comment, whatever it holds", "<a><!-- <b/> > --><c/></a>", 1, NULL, NULL, 1, 19},
    {"nor is what CDATA holds",             "<a><![CDATA[<b/>]]><c/></a>", 1, NULL, NULL, 1, 20},
    {"nor an end tag",                      "<a><b></b><c/></a>", 2, NULL, NULL, 1, 11},
    {"a bracket in a value ends no tag",    "<a b='>' c=\"<\"><d/></a>", 1, NULL, NULL, 1, 16},
    {"a character of many bytes is one",    "<a>\xc3\xa9\xe2\x82\xac<b/></a>", 1, NULL, NULL, 1, 6},
    {"an attribute",                        "<a><b c='1' d='2'/></a>", 1, "d", NULL, 1, 13},
    {"an attribute on a line of its own",   "<a\n  bc='1'\n\tb = '2'/>", 0, "b", NULL, 3, 2},
    {"a value is no attribute",             "<a b=' c=1' c='2'/>", 0, "c", NULL, 1, 13},
    {"one that is not there: the element",  "<a><b c='1'/></a>", 1, "x", NULL, 1, 4},
    {"words after the element begins",      "<a>{{x}}<b>{{x}} {{y}}</b></a>", 1, NULL, "{{x}}", 1, 12},
    {"words in an attribute",               "<a b='{{x}}' c='{{x}}'/>", 0, "c", "{{x}}", 1, 17},
    {"words at the very end",               "<a/>x", 0, NULL, "x", 1, 5},
    {"words that are not there",            "<a><b>{{x}}</b></a>", 1, NULL, "{{z}}", 1, 4},
    {"an element too many: the last",       "<a>\n<b/></a>", 7, NULL, NULL, 2, 1},
    {"what is cut off ends the walk",       "<a b='<c", 3, "d", "e", 1, 1},
    {"nothing",                             "", 0, NULL, NULL, 1, 1},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        int line = 0, column = 0;

        xml_locate(span_of(r->text), r->element, r->attr, r->within, &line, &column);
        if (line != r->line || column != r->column)
            fail_msg("not so: %s: %d:%d", r->says, line, column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
