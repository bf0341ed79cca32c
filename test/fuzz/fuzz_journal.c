/* Any bytes as a line of an exported log, and as a whole one. What is read, written and read again
 * is the same; a log of which anything was read wrong is never whole. */
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "journal/journal_check.h"

enum { TEXT_MAX = 8192, LINE_MAX_OUT = 1 << 17 };

static void must_be_same(const struct journal_line *a, const struct journal_line *b)
{
    CHECK(a->part == b->part && a->row.tenant == b->row.tenant && a->count == b->count);
    CHECK(a->from_ms == b->from_ms && a->to_ms == b->to_ms && span_is(a->slug, b->slug));
    CHECK(a->row.id == b->row.id && a->row.at_ms == b->row.at_ms && a->row.alarm == b->row.alarm);
    CHECK(a->row.thread == b->row.thread && a->row.subject == b->row.subject);
    CHECK(span_is(a->row.kind, b->row.kind) && span_is(a->row.operator_id, b->row.operator_id));
    CHECK(span_is(a->row.detail, b->row.detail) && span_is(a->row.salt, b->row.salt));
    CHECK(a->part == JOURNAL_END || a->has_chain == b->has_chain);
    CHECK(memcmp(a->chain, b->chain, sizeof a->chain) == 0);
}

/* JSON has no columns, and only text in it. */
static bool can_be_written(enum journal_format format, const struct journal_line *line)
{
    return format == JOURNAL_CSV ||
           (line->part != JOURNAL_COLUMNS && utf8_is_valid(line->slug) &&
            utf8_is_valid(line->row.kind) && utf8_is_valid(line->row.operator_id) &&
            utf8_is_valid(line->row.detail));
}

static void write_again(enum journal_format format, struct arena *arena,
                        const struct journal_line *line)
{
    struct buf out = buf_in(arena, LINE_MAX_OUT);
    struct journal_line again;
    const char *why = "";

    if (!can_be_written(format, line))
        return;
    journal_text_render(format, line, &out);
    CHECK(!out.full);
    CHECK(journal_text_parse(format, arena, buf_span(&out), &again, &why) == ERR_NONE);
    must_be_same(line, &again);
}

static void check_whole(enum journal_format format, struct arena *arena, struct span text)
{
    struct journal_check check = {.count = 0};
    bool all_read = true;

    for (struct span rest = text; rest.size;) {
        struct journal_line line;
        const char *why;
        const struct span one = span_cut(rest, '\n', &rest);
        all_read = !journal_text_parse(format, arena, one, &line, &why) && all_read;
        journal_check_line(&check, format, arena, one, 1);
    }
    journal_check_end(&check);
    CHECK(all_read || check.why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(1 << 16);
    const char *why = NULL;
    struct journal_line line;

    if (size > 0 && size <= TEXT_MAX) {
        const enum journal_format format = data[0] == 'c' ? JOURNAL_CSV : JOURNAL_JSONL;
        const struct span text = {(const char *)data + 1, size - 1};
        if (journal_text_parse(format, arena, text, &line, &why))
            CHECK(why);
        else
            write_again(format, arena, &line);
        check_whole(format, arena, text);
    }
    arena_close(&arena);
    return 0;
}
