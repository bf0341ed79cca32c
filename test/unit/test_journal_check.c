#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal/journal_check.h"

enum { ROWS = 6 };

struct kept {
    struct journal_row row;
    uint8_t chain[JOURNAL_HASH_BYTES];
};

static void make(struct kept rows[ROWS])
{
    static const char salts[ROWS][JOURNAL_SALT_BYTES + 1] = {
        "0000000000000000", "1111111111111111", "2222222222222222",
        "3333333333333333", "4444444444444444", "5555555555555555"};
    uint8_t chain[JOURNAL_HASH_BYTES] = {0};

    for (int i = 0; i < ROWS; i++) {
        rows[i].row = (struct journal_row){
            .tenant = 1,
            .id = 100 + i,
            .at_ms = 1700000000000 + i,
            .kind = SPAN("text.received"),
            .detail = SPAN("words"),
            .salt = {salts[i], JOURNAL_SALT_BYTES},
        };
        journal_chain_next(NULL, chain, &rows[i].row, chain);
        memcpy(rows[i].chain, chain, sizeof chain);
    }
}

static struct journal_check check(const struct kept *rows, int count)
{
    struct journal_check c = journal_check_begin(1, NULL);

    for (int i = 0; i < count; i++)
        journal_check_row(&c, &rows[i].row, rows[i].chain);
    return c;
}

static void a_log_that_nobody_touched_is_whole(void **unused)
{
    (void)unused;
    struct kept rows[ROWS];

    make(rows);
    const struct journal_check c = check(rows, ROWS);
    assert_null(c.why);
    assert_int_equal(c.count, ROWS);
    assert_memory_equal(c.chain, rows[ROWS - 1].chain, sizeof c.chain);
}

static void a_part_is_held_against_the_hash_before_it(void **unused)
{
    (void)unused;
    struct kept rows[ROWS];

    make(rows);
    struct journal_check good = journal_check_begin(1, rows[2].chain);
    struct journal_check bad = journal_check_begin(1, rows[1].chain);
    journal_check_row(&good, &rows[3].row, rows[3].chain);
    journal_check_row(&bad, &rows[3].row, rows[3].chain);
    assert_null(good.why);
    assert_int_equal(bad.broken_id, rows[3].row.id);
}

static void rows_from_before_the_chain_are_counted_apart(void **unused)
{
    (void)unused;
    struct kept rows[ROWS];
    struct journal_check c = journal_check_begin(1, NULL);
    const struct journal_row old = {.tenant = 1, .id = 5, .kind = SPAN("call.ended")};

    make(rows);
    journal_check_row(&c, &old, NULL);
    journal_check_row(&c, &rows[0].row, rows[0].chain);
    assert_null(c.why);
    assert_int_equal(c.unchained, 1);
    journal_check_row(&c, &rows[1].row, NULL);
    assert_int_equal(c.broken_id, rows[1].row.id);
}

static void each_forgery_shows_at_its_row(void **unused)
{
    (void)unused;
    struct kept good[ROWS], rows[ROWS];

    make(good);
    memcpy(rows, good, sizeof good); /* changed */
    rows[3].row.detail = SPAN("other words");
    assert_int_equal(check(rows, ROWS).broken_id, 103);

    memcpy(rows, good, sizeof good); /* changed, and its hash made anew: the next one shows it */
    rows[3].row.alarm = true;
    journal_chain_next(NULL, rows[2].chain, &rows[3].row, rows[3].chain);
    assert_int_equal(check(rows, ROWS).broken_id, 104);

    memcpy(rows, good, sizeof good); /* removed */
    memmove(rows + 2, rows + 3, 3 * sizeof rows[0]);
    assert_int_equal(check(rows, ROWS - 1).broken_id, 103);

    memcpy(rows, good, sizeof good); /* swapped */
    rows[2] = good[3];
    rows[3] = good[2];
    assert_int_equal(check(rows, ROWS).broken_id, 103);

    memcpy(rows, good, sizeof good); /* twice */
    rows[3] = good[2];
    assert_int_equal(check(rows, ROWS).broken_id, 102);

    static const char long_name[JOURNAL_NAME_MAX + 1] = "x";
    memcpy(rows, good, sizeof good); /* of sizes that no row has */
    rows[2].row.salt.size = 5;
    assert_int_equal(check(rows, ROWS).broken_id, 102);
    memcpy(rows, good, sizeof good);
    rows[2].row.kind = (struct span){long_name, sizeof long_name};
    assert_int_equal(check(rows, ROWS).broken_id, 102);
    memcpy(rows, good, sizeof good);
    rows[2].row.operator_id = (struct span){long_name, sizeof long_name};
    assert_int_equal(check(rows, ROWS).broken_id, 102);

    memcpy(rows, good, sizeof good); /* another tenant's */
    rows[0].row.tenant = 2;
    assert_int_equal(check(rows, ROWS).broken_id, 100);
}

static void erased_words_leave_the_log_whole_and_added_ones_do_not(void **unused)
{
    (void)unused;
    struct kept rows[ROWS];
    uint8_t hash[JOURNAL_HASH_BYTES];

    make(rows);
    journal_chain_detail(NULL, rows[2].row.salt, rows[2].row.detail, hash);
    rows[2].row.salt = (struct span){(const char *)hash, sizeof hash};
    rows[2].row.detail = (struct span){NULL, 0};
    assert_null(check(rows, ROWS).why);
    rows[2].row.detail = SPAN("other words");
    assert_int_equal(check(rows, ROWS).broken_id, 102);
}

static void only_the_first_break_counts(void **unused)
{
    (void)unused;
    struct kept rows[ROWS];

    make(rows);
    rows[1].row.alarm = true;
    rows[4].row.alarm = true;
    assert_int_equal(check(rows, ROWS).broken_id, 101);
}

static void a_file_without_its_end_says_so(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    struct buf begin = buf_in(arena, 4096);
    struct journal_check c = {.line = 0}, nothing = {.line = 0};

    journal_text_render(JOURNAL_JSONL, &(struct journal_line){.part = JOURNAL_BEGIN}, &begin);
    journal_check_line(&c, JOURNAL_JSONL, arena, buf_span(&begin), 1);
    assert_null(c.why);
    journal_check_end(&c);
    assert_int_equal(c.broken_line, 2);
    journal_check_end(&nothing);
    assert_non_null(nothing.why);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_nobody_touched_is_whole),
        cmocka_unit_test(a_part_is_held_against_the_hash_before_it),
        cmocka_unit_test(rows_from_before_the_chain_are_counted_apart),
        cmocka_unit_test(each_forgery_shows_at_its_row),
        cmocka_unit_test(erased_words_leave_the_log_whole_and_added_ones_do_not),
        cmocka_unit_test(only_the_first_break_counts),
        cmocka_unit_test(a_file_without_its_end_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
