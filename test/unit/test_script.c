#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/script.h"

static void a_kinds_name_leads_back_to_it(void **unused)
{
    (void)unused;
    for (enum script_kind kind = 0; kind < SCRIPT_KINDS; kind++) {
        enum script_kind back = SCRIPT_KINDS;
        assert_non_null(script_kind_name(kind));
        assert_true(script_kind_parse(span_of(script_kind_name(kind)), &back));
        assert_int_equal(back, kind);
    }
}

static void a_fields_name_leads_back_to_it(void **unused)
{
    (void)unused;
    for (enum script_field field = 0; field < SCRIPT_FIELDS; field++) {
        enum script_field back = SCRIPT_FIELDS;
        assert_non_null(script_field_name(field));
        assert_true(script_field_parse(span_of(script_field_name(field)), &back));
        assert_int_equal(back, field);
    }
}

static void another_name_is_none(void **unused)
{
    enum script_kind kind = SCRIPT_KINDS;
    enum script_field field = SCRIPT_FIELDS;

    (void)unused;
    assert_false(script_kind_parse(SPAN("Screen"), &kind));
    assert_false(script_field_parse(SPAN(""), &field));
    assert_int_equal(kind, SCRIPT_KINDS);
    assert_int_equal(field, SCRIPT_FIELDS);
}

static void only_the_placeholder_is_a_step(void **unused)
{
    (void)unused;
    assert_true(script_is_step(&(struct script_node){.name = SCRIPT_STEP}));
    assert_false(script_is_step(&(struct script_node){.name = "Say"}));
    assert_false(script_is_step(&(struct script_node){.name = NULL}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kinds_name_leads_back_to_it),
        cmocka_unit_test(a_fields_name_leads_back_to_it),
        cmocka_unit_test(another_name_is_none),
        cmocka_unit_test(only_the_placeholder_is_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
