#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal/journal_text.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static struct journal_line line_of(const char *detail)
{
    struct journal_line line = {
        .part = JOURNAL_ROW,
        .row =
            {
                .id = 0x0102030405060708,
                .at_ms = 1700000000123,
                .thread = 70000000000,
                .kind = SPAN("relay.raised"),
                .operator_id = SPAN("mara"),
                .detail = span_of(detail),
                .alarm = true,
                .salt = {"0123456789abcdef", JOURNAL_SALT_BYTES},
            },
        .has_chain = true,
    };

    memset(line.chain, 0xa5, sizeof line.chain);
    return line;
}

static struct span written(enum journal_format format, const struct journal_line *line)
{
    struct buf out = buf_in(arena, 1 << 20);

    journal_text_render(format, line, &out);
    assert_false(out.full);
    return buf_span(&out);
}

static void is_same(const struct journal_line *a, const struct journal_line *b)
{
    assert_int_equal(a->part, b->part);
    assert_int_equal(a->row.id, b->row.id);
    assert_int_equal(a->row.at_ms, b->row.at_ms);
    assert_int_equal(a->row.thread, b->row.thread);
    assert_int_equal(a->row.subject, b->row.subject);
    assert_int_equal(a->row.alarm, b->row.alarm);
    assert_true(span_is(a->row.kind, b->row.kind));
    assert_true(span_is(a->row.operator_id, b->row.operator_id));
    assert_true(span_is(a->row.detail, b->row.detail));
    assert_true(span_is(a->row.salt, b->row.salt));
    assert_int_equal(a->has_chain, b->has_chain);
    if (a->has_chain)
        assert_memory_equal(a->chain, b->chain, sizeof a->chain);
}

/* What a spreadsheet would run, what ends a cell or a line, and what is no ASCII. */
static const char *const details[] = {
    "plain",      "=1+1",     "+1",   "-1",
    "@SUM(A1)",   "'=1+1",    "'",    "''",
    "\"",         "\"\"",     "a,b",  "a\r\nb",
    "\n",         "\t=1",     "\r=1", "gr\xc3\xbc\xc3\x9f",
    "{\"id\":1}", "a\"b,c'd", ",",    "\"=1,\"\r\n\"",
    "log.end",
};

static void a_row_comes_back_as_it_was(void **unused)
{
    (void)unused;
    for (int format = 0; format < JOURNAL_FORMATS; format++)
        for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
            const struct journal_line line = line_of(details[i]);
            struct journal_line back;
            const char *why = NULL;
            const struct span text = written((enum journal_format)format, &line);
            assert_int_equal(
                journal_text_parse((enum journal_format)format, arena, text, &back, &why),
                ERR_NONE);
            is_same(&line, &back);
        }
}

static void no_cell_begins_as_a_formula(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        const struct journal_line line = line_of(details[i]);
        const struct span text = written(JOURNAL_CSV, &line);
        for (const char *c = text.data; (c = strstr(c, ",\"")); c += 2)
            assert_null(c[2] && strchr("=+-@\t\r", c[2]) ? "a formula" : NULL);
    }
}

static void a_json_line_is_one_line(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        const struct journal_line line = line_of(details[i]);
        const struct span text = written(JOURNAL_JSONL, &line);
        assert_ptr_equal(memchr(text.data, '\n', text.size), text.data + text.size - 1);
    }
}

static void beginning_and_end_come_back_too(void **unused)
{
    (void)unused;
    for (int f = 0; f < JOURNAL_FORMATS; f++) {
        const enum journal_format format = (enum journal_format)f;
        struct journal_line begin = {.part = JOURNAL_BEGIN,
                                     .row = {.tenant = 12},
                                     .slug = SPAN("acme"),
                                     .from_ms = 1700000000000,
                                     .to_ms = 1710000000000};
        struct journal_line end = {.part = JOURNAL_END, .count = 41, .has_chain = true};
        struct journal_line back;
        const char *why = NULL;
        memset(end.chain, 7, sizeof end.chain);
        assert_int_equal(journal_text_parse(format, arena, written(format, &begin), &back, &why),
                         ERR_NONE);
        assert_int_equal(back.part, JOURNAL_BEGIN);
        assert_int_equal(back.row.tenant, 12);
        assert_true(span_is_text(back.slug, "acme"));
        assert_int_equal(back.from_ms, begin.from_ms);
        assert_int_equal(back.to_ms, begin.to_ms);
        assert_false(back.has_chain);
        assert_int_equal(journal_text_parse(format, arena, written(format, &end), &back, &why),
                         ERR_NONE);
        assert_int_equal(back.part, JOURNAL_END);
        assert_int_equal(back.count, 41);
        assert_memory_equal(back.chain, end.chain, sizeof end.chain);
    }
}

static void what_is_none_of_ours_is_refused_with_a_word(void **unused)
{
    (void)unused;
    static const struct {
        enum journal_format format;
        const char *text;
    } bad[] = {
        {JOURNAL_JSONL, ""},
        {JOURNAL_JSONL, "[]"},
        {JOURNAL_JSONL, "{"},
        {JOURNAL_JSONL, "{}"},
        {JOURNAL_JSONL, "{\"id\":\"x\"}"},
        {JOURNAL_JSONL, "{\"id\":\"0000000000001\",\"created_at\":\"soon\"}"},
        {JOURNAL_JSONL, "{\"id\":\"0000000000001\",\"salt\":\"00\"}"},
        {JOURNAL_JSONL, "{\"id\":\"0000000000001\",\"salt\":\"zz112233445566778899aabbccddeeff\"}"},
        {JOURNAL_JSONL, "{\"id\":\"0000000000001\",\"chain\":\"00\"}"},
        {JOURNAL_JSONL, "{\"nextring_log\":1}"},
        {JOURNAL_CSV, ""},
        {JOURNAL_CSV, "a,b,c"},
        {JOURNAL_CSV, "1,2,3,4,5,6,7,8,9,10,11"},
        {JOURNAL_CSV, "0000000000001,,,,,,\"open,,,"},
        {JOURNAL_CSV, ",,log.end,,many,,,,,"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct journal_line line;
        const char *why = NULL;
        assert_int_equal(
            journal_text_parse(bad[i].format, arena, span_of(bad[i].text), &line, &why),
            ERR_BAD_INPUT);
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_comes_back_as_it_was),
        cmocka_unit_test(no_cell_begins_as_a_formula),
        cmocka_unit_test(a_json_line_is_one_line),
        cmocka_unit_test(beginning_and_end_come_back_too),
        cmocka_unit_test(what_is_none_of_ours_is_refused_with_a_word),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
