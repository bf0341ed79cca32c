#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simhook/sim_params.h"

static void values_are_copied_and_found_by_name(void **unused)
{
    struct sim_params p = {.arena = arena_open(0)};
    char value[] = "one";

    (void)unused;
    sim_params_text(&p, "A", value);
    value[0] = 'x';
    sim_params_text(&p, "A", "two");
    sim_params_text(&p, "B", NULL);
    sim_params_number(&p, "C", INT64_MIN);
    assert_int_equal(p.count, 4);
    assert_true(span_is_text(sim_params_get(&p, "A"), "one"));
    assert_true(span_is_text(sim_params_get(&p, "B"), ""));
    assert_true(span_is_text(sim_params_get(&p, "C"), "-9223372036854775808"));
    assert_null(sim_params_get(&p, "a").data);
    arena_close(&p.arena);
}

static void a_place_has_four_parts(void **unused)
{
    static const struct {
        struct sim_place place;
        const char *city, *country;
    } rows[] = {
        {{"SAN DIEGO", "CA", "92101", "US"}, "SAN DIEGO", "US"},
        {{0}, "", "US"},
        {{.country = "MX"}, "", "MX"},
        {{.city = "TIJUANA", .country = ""}, "TIJUANA", "US"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sim_params p = {.arena = arena_open(0)};
        sim_params_place(&p, "From", &rows[i].place);
        assert_int_equal(p.count, 4);
        assert_true(span_is_text(sim_params_get(&p, "FromCity"), rows[i].city));
        assert_true(span_is_text(sim_params_get(&p, "FromCountry"), rows[i].country));
        assert_non_null(sim_params_get(&p, "FromState").data);
        assert_non_null(sim_params_get(&p, "FromZip").data);
        arena_close(&p.arena);
    }
}

static void those_over_the_cap_are_dropped(void **unused)
{
    struct sim_params p = {.arena = arena_open(0)};

    (void)unused;
    for (int i = 0; i < SIM_PARAMS_MAX + 5; i++)
        sim_params_number(&p, "N", i);
    assert_int_equal(p.count, SIM_PARAMS_MAX);
    arena_close(&p.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_copied_and_found_by_name),
        cmocka_unit_test(a_place_has_four_parts),
        cmocka_unit_test(those_over_the_cap_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
