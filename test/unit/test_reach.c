#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/reach.h"

static const struct roster_operator operators[] = {{.id = "ann"}, {.id = "bob"}, {.id = "cem"}};

static struct step step(uint16_t operator_index, uint8_t ring_s)
{
    return (struct step){.operators = {operator_index}, .operator_count = 1, .ring_s = ring_s};
}

static void steps_within_the_wait_are_reached(void **unused)
{
    const struct chain chain = {
        .id = "main", .steps = {step(0, 20), step(1, 20), step(2, 20)}, .step_count = 3};
    const struct roster roster = {.operators = operators,
                                  .operator_count = 3,
                                  .chains = &chain,
                                  .chain_count = 1,
                                  .wait_s = 75};

    (void)unused;
    assert_int_equal(reach_find(&roster, NULL, 0), 0);
}

static void a_step_behind_rings_that_use_up_the_wait_is_named(void **unused)
{
    const struct chain chain = {.id = "main",
                                .steps = {step(0, 60), step(1, 18), step(2, 20), step(0, 20)},
                                .step_count = 4};
    const struct roster roster = {.operators = operators,
                                  .operator_count = 3,
                                  .chains = &chain,
                                  .chain_count = 1,
                                  .wait_s = 75};
    struct reach_step out[2] = {{9, 9}, {9, 9}};

    (void)unused;
    const size_t found = reach_find(&roster, out, 2);
    assert_in_range(found, 1, 2);
    assert_int_equal(out[0].chain, 0);
    assert_in_range(out[0].step, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_within_the_wait_are_reached),
        cmocka_unit_test(a_step_behind_rings_that_use_up_the_wait_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
