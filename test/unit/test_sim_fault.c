#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simworld/sim_fault.h"

static const struct sim_fault_case text = {"Messages", {"+16195550150", 12}};

static struct sim_faults with(enum sim_fault_kind kind)
{
    struct sim_faults f = {.count = 0};
    const struct sim_fault usual = sim_fault_usual(kind);

    assert_int_equal(sim_fault_add(&f, &usual), ERR_NONE);
    return f;
}

static void each_kind_has_a_name_and_words_of_its_own(void **unused)
{
    (void)unused;
    for (enum sim_fault_kind a = 0; a < SIM_FAULTS; a++) {
        assert_non_null(sim_fault_name(a));
        assert_non_null(sim_fault_help(a));
        for (enum sim_fault_kind b = 0; b < a; b++)
            assert_string_not_equal(sim_fault_name(a), sim_fault_name(b));
    }
}

static void the_whole_carrier_is_down_in_both_directions(void **unused)
{
    struct sim_faults f = with(SIM_CARRIER_DOWN);

    (void)unused;
    assert_true(sim_fault_take(&f, SIM_OUTAGE, &text, NULL));
    assert_true(sim_fault_take(&f, SIM_REST_DOWN, &text, NULL));
    assert_false(sim_fault_take(&f, SIM_ERROR_429, &text, NULL));
    assert_true(sim_fault_take(&f, SIM_OUTAGE, &text, NULL)); /* until it is cleared */
    sim_fault_clear(&f, SIM_CARRIER_DOWN);
    assert_false(sim_fault_take(&f, SIM_OUTAGE, &text, NULL));
}

static void one_direction_leaves_the_other(void **unused)
{
    struct sim_faults f = with(SIM_OUTAGE);

    (void)unused;
    assert_true(sim_fault_take(&f, SIM_OUTAGE, &text, NULL));
    assert_false(sim_fault_take(&f, SIM_REST_DOWN, &text, NULL));
    assert_false(sim_fault_take(&f, SIM_CARRIER_DOWN, &text, NULL));
}

static void a_count_is_used_up(void **unused)
{
    struct sim_faults f = {.count = 0};
    struct sim_fault twice = sim_fault_usual(SIM_DELAY_WEBHOOK), out = {.kind = SIM_FAULTS};

    (void)unused;
    twice.left = 2;
    twice.to = "+16195550150";
    assert_int_equal(sim_fault_add(&f, &twice), ERR_NONE);
    assert_false(sim_fault_take(&f, SIM_DELAY_WEBHOOK,
                                &(struct sim_fault_case){"Messages", {"+16195550151", 12}}, NULL));
    assert_true(sim_fault_take(&f, SIM_DELAY_WEBHOOK, &text, &out));
    assert_int_equal(out.after_ms, 5000);
    assert_true(sim_fault_take(&f, SIM_DELAY_WEBHOOK, &text, &out));
    assert_false(sim_fault_take(&f, SIM_DELAY_WEBHOOK, &text, &out));
    assert_int_equal(f.count, 0);
}

static void too_many_are_refused(void **unused)
{
    struct sim_faults f = {.count = 0};
    const struct sim_fault usual = sim_fault_usual(SIM_SLOW);

    (void)unused;
    for (int i = 0; i < SIM_FAULTS_MAX; i++)
        assert_int_equal(sim_fault_add(&f, &usual), ERR_NONE);
    assert_int_equal(sim_fault_add(&f, &usual), ERR_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_name_and_words_of_its_own),
        cmocka_unit_test(the_whole_carrier_is_down_in_both_directions),
        cmocka_unit_test(one_direction_leaves_the_other),
        cmocka_unit_test(a_count_is_used_up),
        cmocka_unit_test(too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
