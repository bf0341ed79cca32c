#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/job_file.h"

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

/* clang-format off */
/* `count` jobs are good; the first mistake is at `line`, `column` and has `words`; NULL: none. */
static const struct row {
    const char *says, *text;
    bool csv;
    size_t count;
    int line, column;
    const char *words;
} rows[] = {
    {"one object", "{\"job_id\": \"17\", \"claim_seconds\": 6e1}", false, 1, 0, 0, NULL},
    {"numbers as texts, and ids as numbers", "[{\"id\": 17, \"claim_seconds\": \"60\"}]", false, 1, 0, 0, NULL},
    {"a number below zero", "{\"id\": 17,\n \"claim_seconds\": -1}", false, 0, 2, 19, "from 0 to 2592000"},
    {"a part of a second", "{\"claim_seconds\": 1.5}", false, 0, 1, 0, "no whole number"},
    {"an unknown field, with the nearest", "{\"job_id\": \"17\",\n  \"titel\": \"x\"}", false, 0, 2, 12, "did you mean \"title\""},
    {"the same twice", "{\"state\": \"pending\", \"status\": \"assigned\"}", false, 0, 1, 0, "keep one of the two"},
    {"the good ones of a list stay", "[{\"id\": 1},\n{\"id\": 2, \"priority\": \"asap\"},\n{\"id\": 3}]", false, 2, 2, 23, "is none of low"},
    {"a language in capitals", "{\"language\": \"EN\"}", false, 0, 1, 0, "two small letters"},
    {"NUL in the notes", "{\"notes\": \"a\\u0000b\"}", false, 0, 1, 0, ""},
    {"an escape in the notes", "{\"notes\": \"a\\u001bb\"}", false, 0, 1, 0, "control character"},
    {"lines in the notes", "{\"notes\": \"a\\nb\"}", false, 1, 0, 0, NULL},
    {"no JSON", "{\"a\":", false, 0, 1, 0, "this is no JSON"},
    {"not UTF-8", "{\"title\": \"\xff\"}", false, 0, 1, 0, "this is no JSON"},
    {"a table with CRLF, BOM and quotes",
     "\xef\xbb\xbfjob_id,title\r\n1,\"Roof, \"\"north\"\"\"\r\n2,Gate\r\n", true, 2, 0, 0, NULL},
    {"no line end at the last row", "job_id\n1\n2", true, 2, 0, 0, NULL},
    {"empty rows are none", "job_id\n\n1\n\n", true, 1, 0, 0, NULL},
    {"lines of a cell are counted", "job_id,notes,priority\n1,\"a\nb\",low\n2,x,asap\n", true, 1, 4, 3, "is none of low"},
    {"an unknown column", "job_id,titel\n1,x\n", true, 1, 1, 2, "did you mean \"title\""},
    {"the same column twice", "job_id,id\n1,2\n", true, 1, 1, 2, "as column 1"},
    {"a cell too many", "job_id,title\n1,Roof, north\n", true, 0, 2, 3, "without a name"},
    {"quotes that never end", "job_id,title\n1,\"Roof\n2,Gate\n", true, 0, 2, 2, "never end"},
    {"a name without a phone", "job_id,crew_name\n1,Ben\n", true, 0, 2, 0, "no crew_phone"},
    {"an escape in a cell", "job_id,title\n1,a\x1b[31m\n", true, 0, 2, 2, "control character"},
    {"a line end in a title", "job_id,title\n1,\"a\nb\"\n", true, 0, 2, 2, "control character"},
    {"a table that is not UTF-8", "job_id\n\xff\n", true, 0, 0, 0, "not UTF-8"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct mistakes *m = ARENA_NEW(arena, struct mistakes);
        struct job_file file = {0};
        mistakes_init(m, arena);
        const enum err err = r->csv ? job_file_csv(arena, span_of(r->text), NULL, m, &file)
                                    : job_file_json(arena, span_of(r->text), NULL, m, &file);
        const struct mistake *first = m->count ? &m->list[0] : NULL;

        if (err != (r->words ? ERR_BAD_INPUT : ERR_NONE) || file.count != r->count)
            fail_msg("%s: %s, %zu jobs: %s", r->says, err_name(err), file.count,
                     first ? first->words : "-");
        if (r->words && (first->line != r->line || (r->column && first->column != r->column) ||
                         !strstr(first->words, r->words)))
            fail_msg("%s: %d:%d: %s", r->says, first->line, first->column, first->words);
    }
}

static void what_a_table_says(void **unused)
{
    struct mistakes *m = ARENA_NEW(arena, struct mistakes);
    struct job_file file;

    (void)unused;
    mistakes_init(m, arena);
    assert_int_equal(job_file_csv(arena,
                                  SPAN("job_id,title,crew_phone,crew_name\r\n"
                                       "1,\"Roof, \"\"north\"\"\",+16195550171,Ben\r\n"),
                                  NULL, m, &file),
                     ERR_NONE);
    const struct job *job = &file.drafts[0].job;
    assert_true(span_is_text(job->title, "Roof, \"north\""));
    assert_string_equal(job->crew[0].name, "Ben");
    assert_string_equal(job->crew[0].phone, "+16195550171");
    assert_int_equal(file.drafts[0].line, 2);
}

static void more_than_the_limit_is_full(void **unused)
{
    (void)unused;
    for (int over = 0; over < 2; over++) {
        struct mistakes *m = ARENA_NEW(arena, struct mistakes);
        struct buf text = buf_in(arena, 1 << 20);
        struct job_file file;
        mistakes_init(m, arena);
        buf_add_text(&text, "job_id,notes\n");
        for (int i = 0; i < JOB_DRAFTS + over; i++)
            buf_printf(&text, "%d,\"a\nb\"\n", i);
        assert_int_equal(job_file_csv(arena, buf_span(&text), NULL, m, &file),
                         over ? ERR_FULL : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_a_table_says),
        cmocka_unit_test(more_than_the_limit_is_full),
    };
    return cmocka_run_group_tests_name("job_file", tests, set_up, tear_down);
}
