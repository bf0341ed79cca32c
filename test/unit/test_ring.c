#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/dice.h"
#include "rules/ring.h"

static const struct row {
    const char *says;
    int seconds[4]; /* 0 ends */
    int from, waited_ms, wait_s;
    int rung, ring_s;
} rows[] = {
    /* clang-format off */
    {"the first rings its own seconds", {15, 15, 20}, 0, 0, 75, 0, 15},
    {"the last rings its own seconds", {15, 15, 20}, 2, 30000, 75, 2, 20},
    {"a ring leaves ten seconds for the last", {60, 60, 20}, 0, 0, 75, 0, 60},
    {"the second is cut to what is left", {60, 60, 20}, 1, 60000, 75, 1, 5},
    {"a started second counts as waited", {60, 60, 20}, 1, 59001, 75, 1, 5},
    {"under five seconds a rung is passed over", {60, 60, 20}, 1, 60001, 75, 2, 14},
    {"the last gets ten seconds at the cap", {15, 20}, 1, 75000, 75, 1, 10},
    {"the last gets ten seconds up to the hard end", {15, 20}, 1, 95000, 75, 1, 10},
    {"nothing rings beyond the hard end", {15, 20}, 1, 95001, 75, -1, 0},
    {"the only rung is the last", {15}, 0, 0, 75, 0, 15},
    {"the shortest cap", {15, 15, 15}, 0, 0, 20, 0, 10},
    {"the shortest cap's second is passed over", {15, 15, 15}, 1, 10000, 20, 2, 10},
    {"nobody is left", {15, 15}, 2, 0, 75, -1, 0},
    {"beyond the plan there is nobody", {15, 15}, 100, 0, 75, -1, 0},
    {"an empty plan rings nobody", {0}, 0, 0, 75, -1, 0},
    {"a clock that went back rings no longer than his own", {15, 15}, 0, -90000, 75, 0, 15},
    /* clang-format on */
};

static struct plan plan_of(const int seconds[4])
{
    struct plan p = {0};

    for (int i = 0; i < 4 && seconds[i]; i++) {
        p.rungs[p.count].step = (uint8_t)i;
        p.rungs[p.count++].ring_s = (uint8_t)seconds[i];
    }
    return p;
}

static void every_row(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct plan p = plan_of(r->seconds);
        int s = 0;
        const int at = ring_next(&p, r->from, r->waited_ms, r->wait_s, &s);
        if (at != r->rung || s != r->ring_s)
            fail_msg("%s: rung %d for %d s", r->says, at, s);
    }
}

static void those_that_overlap_have_all_their_times(void **unused)
{
    (void)unused;
    struct plan p = plan_of((const int[4]){15, 25, 20, 10});
    int s = 0;

    for (int i = 0; i < 3; i++) {
        p.rungs[i].step = 0;
        p.rungs[i].overlaps = true;
    }
    assert_int_equal(ring_next(&p, 0, 0, 300, &s), 0);
    assert_int_equal(s, 60);
    assert_int_equal(ring_next(&p, 0, 0, 50, &s), 0);
    assert_int_equal(s, 40); /* the last step keeps its ten */
}

static void those_of_one_step_ring_together(void **unused)
{
    (void)unused;
    struct plan p = plan_of((const int[4]){15, 25, 20, 10});
    int s = 0;

    p.rungs[1].step = 0;
    p.rungs[3].step = 2;
    assert_int_equal(ring_together(&p, 0), 2);
    assert_int_equal(ring_together(&p, 2), 2);
    assert_int_equal(ring_together(&p, 4), 0);
    assert_int_equal(ring_next(&p, 0, 0, 75, &s), 0);
    assert_int_equal(s, 25); /* the longest of theirs */
    assert_int_equal(ring_next(&p, 2, 60000, 75, &s), 2);
    assert_int_equal(s, 15); /* they are the last */
    assert_int_equal(ring_next(&p, 0, 61000, 75, &s), 2);
    assert_int_equal(s, 14);
}

/* Rings a whole plan; each leg takes its ring's time, or less, and some to be told of. */
static void who_is_rung_again_rings_alone_to_the_hard_end(void **unused)
{
    (void)unused;
    struct plan p = plan_of((const int[4]){15, 15, 15});
    int s = 0;

    p.rungs[1].step = p.rungs[0].step;
    assert_int_equal(ring_together(&p, 0), 2);
    assert_true(ring_again(&p, 1, 2, false)); /* the second once more, before the third */
    assert_int_equal(p.count, 4);
    assert_int_equal(ring_together(&p, 0), 2);
    assert_int_equal(ring_together(&p, 2), 1);
    assert_int_equal(ring_next(&p, 2, 0, 75, &s), 2);
    assert_int_equal(s, 30);
    assert_int_equal(ring_next(&p, 2, 75000, 75, &s), 2); /* the last has ten seconds still */
    assert_int_equal(s, 20);
    assert_int_equal(ring_next(&p, 2, 91000, 75, &s), 3);
    assert_int_equal(s, 10);
    assert_true(ring_again(&p, 3, 2, false)); /* his turn was to come: moved */
    assert_int_equal(p.count, 4);
    p.count = LIMIT_RUNGS;
    assert_false(ring_again(&p, 0, 2, false));
}

static void ring_all(struct dice *dice, const struct plan *p, int wait_s, bool to_the_end)
{
    int64_t waited_ms = 0;
    int at = 0, s = 0, last = -1;

    while ((at = ring_next(p, at, waited_ms, wait_s, &s)) >= 0) {
        assert_in_range(at, last + 1, p->count - 1);
        assert_in_range(s, RING_LEAST_S, 60);
        const int together = ring_together(p, at);
        if (at + together == p->count)
            assert_true(s >= RING_LAST_S);
        assert_true(waited_ms + s * 1000 <= (wait_s + RING_HARD_END_S) * 1000);
        waited_ms += to_the_end ? s * 1000 : (int)dice_throw(dice, (uint32_t)s * 1000 + 3000);
        last = at;
        at += together;
    }
    if (to_the_end) /* the cuts leave room for the last */
        assert_int_equal(at < 0 ? last + ring_together(p, last) : at, p->count);
}

static void no_roster_rings_beyond_the_hard_end(void **unused)
{
    (void)unused;
    struct dice dice = dice_from(11);

    for (int run = 0; run < 20000; run++) {
        struct plan p = {.count = (uint8_t)(1 + dice_throw(&dice, LIMIT_RUNGS))};
        for (int i = 0; i < p.count; i++) {
            p.rungs[i].ring_s = (uint8_t)(5 + dice_throw(&dice, 56));
            p.rungs[i].step = i ? (uint8_t)(p.rungs[i - 1].step + dice_throw(&dice, 2)) : 0;
        }
        ring_all(&dice, &p, 20 + (int)dice_throw(&dice, 281), run % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(those_of_one_step_ring_together),
        cmocka_unit_test(who_is_rung_again_rings_alone_to_the_hard_end),
        cmocka_unit_test(those_that_overlap_have_all_their_times),
        cmocka_unit_test(no_roster_rings_beyond_the_hard_end),
    };

    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
