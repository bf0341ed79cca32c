#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"

static const int64_t now_ms = 1795232539123; /* 2026-11-21 */

static void ids_ascend_whatever_the_clock_does(void **unused)
{
    struct id_maker maker = {.node = 63};
    static const int64_t jumps_ms[] = {0, 0, 1, -1000, -86400000, 5000, 0};
    int64_t last = 0;

    (void)unused;
    for (size_t i = 0; i < sizeof jumps_ms / sizeof jumps_ms[0]; i++)
        for (int n = 0; n < 1000; n++) {
            const int64_t id = id_next(&maker, now_ms + jumps_ms[i]);
            assert_true(id > last);
            last = id;
        }
}

static void a_millisecond_used_up_borrows_the_next(void **unused)
{
    struct id_maker maker = {.node = 5}, other = {.node = 6};
    int64_t last = 0;

    (void)unused;
    const int64_t foreign = id_next(&other, now_ms + 1);
    for (int n = 0; n < 70000; n++) {
        const int64_t id = id_next(&maker, now_ms);
        assert_true(id > last);
        assert_int_not_equal(id, foreign);
        assert_int_equal(id >> 15 & 63, 5);
        last = id;
    }
    assert_true(last < id_floor(now_ms + 5));
}

static void an_id_above_another_nodes_bears_its_own_node(void **unused)
{
    static const uint8_t nodes[] = {0, 5, 62};

    (void)unused;
    for (size_t theirs = 0; theirs < 3; theirs++)
        for (size_t ours = 0; ours < 3; ours++)
            for (int aside = 0; aside < 4; aside++)
                for (int ahead_ms = -3; ahead_ms <= 3; ahead_ms++) {
                    struct id_maker other = {.node = nodes[theirs], .is_aside = aside & 1};
                    struct id_maker maker = {.node = nodes[ours], .is_aside = aside & 2};
                    for (int n = 0; n < 40000; n += 1 + 7 * (n % 1000))
                        maker.last = id_next(&other, now_ms + ahead_ms);
                    for (int n = 0; n < 3; n++) {
                        const int64_t before = maker.last;
                        const int64_t id = id_next(&maker, now_ms);
                        assert_true(id > before);
                        assert_int_equal(id >> 15 & 63, nodes[ours]);
                        assert_int_equal(id >> 14 & 1, maker.is_aside);
                        assert_true(id < id_floor(now_ms + 7));
                    }
                }
}

/* 15 bits at the most come after the node's in one millisecond, whatever the last one was. */
static void the_two_makers_of_a_node_never_make_the_same(void **unused)
{
    struct id_maker usual = {.node = 3}, aside = {.node = 3, .is_aside = true};

    (void)unused;
    for (int n = 0; n < 50000; n++) {
        assert_int_equal(id_next(&usual, now_ms) >> 14 & 1, 0);
        assert_int_equal(id_next(&aside, now_ms) >> 14 & 1, 1);
    }
    assert_int_equal(usual.last >> 15 & 63, 3);
    assert_int_equal(aside.last >> 15 & 63, 3);
}

static void the_floor_is_at_or_below_every_id_of_its_time(void **unused)
{
    struct id_maker maker = {.node = 0};

    (void)unused;
    assert_true(id_next(&maker, now_ms) >= id_floor(now_ms));
    assert_true(id_next(&maker, now_ms) < id_floor(now_ms + 1));
    assert_int_equal(id_floor(0), 0);
    /* Times that ids do not reach are above them all. */
    assert_true(id_floor(INT64_C(32472144000000)) > id_floor(INT64_C(4102444800000)));
    assert_int_equal(id_floor(INT64_MAX), id_floor(INT64_C(32472144000000)));
    assert_true(id_next(&(struct id_maker){0}, 0) > 0);
}

static void text_goes_both_ways_and_sorts_alike(void **unused)
{
    static const int64_t ids[] = {1, 31, 32, 1023, 456789012345, INT64_MAX - 1, INT64_MAX};
    char before[ID_TEXT_SIZE + 1] = "";

    (void)unused;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char text[ID_TEXT_SIZE + 1];
        int64_t back = 0;
        id_render(ids[i], text);
        assert_int_equal(strlen(text), ID_TEXT_SIZE);
        assert_true(strcmp(before, text) < 0);
        assert_true(id_parse(span_of(text), &back));
        assert_true(back == ids[i]);
        strcpy(before, text);
    }
}

static void what_is_no_id_is_refused(void **unused)
{
    static const struct span texts[] = {
        {"", 0},
        {"000000000001", 12},   /* short */
        {"00000000000001", 14}, /* long */
        {"0000000000000", 13},  /* zero is none */
        {"000000000000i", 13},  /* left out of the alphabet */
        {"000000000000L", 13},  /* capital */
        {"00000000000-1", 13},
        {"8000000000000", 13}, /* the sign's bit */
        {"zzzzzzzzzzzzz", 13},
        {"000000\000000001", 13},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t id = 77;
        if (id_parse(texts[i], &id) || id != 77)
            fail_msg("accepted: %.*s", SPAN_ARG(texts[i]));
    }
}

static void an_id_tells_when_it_was_made(void **state)
{
    struct id_maker maker = {0};

    (void)state;
    const int64_t id = id_next(&maker, INT64_C(1773057600123));
    assert_int_equal(id_at_ms(id), INT64_C(1773057600123));
    assert_int_equal(id_at_ms(id_floor(INT64_C(1773057600123))), INT64_C(1773057600123));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_ascend_whatever_the_clock_does),
        cmocka_unit_test(a_millisecond_used_up_borrows_the_next),
        cmocka_unit_test(an_id_above_another_nodes_bears_its_own_node),
        cmocka_unit_test(the_two_makers_of_a_node_never_make_the_same),
        cmocka_unit_test(the_floor_is_at_or_below_every_id_of_its_time),
        cmocka_unit_test(text_goes_both_ways_and_sorts_alike),
        cmocka_unit_test(an_id_tells_when_it_was_made),
        cmocka_unit_test(what_is_no_id_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
