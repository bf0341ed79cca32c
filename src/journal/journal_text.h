/* journal/journal_text.h - the log as a file: its rows as JSON lines or as CSV, with their salts
 * and hashes, and back again.
 *
 * A file begins with a line of its own (whose log, from when to when, and the hash before its first
 * row) and ends with one (how many rows, and the last hash), so that a file that was cut off shows
 * it. CSV has the same as rows of the kinds "log.begin" and "log.end", below the names of its
 * columns; a cell that a spreadsheet would take for a formula begins with a ' there, and so does
 * one that began with a ' before.
 * Errors: ERR_BAD_INPUT, the line is none of ours; *why tells what about it.
 * Threads: any.
 */
#ifndef JOURNAL_JOURNAL_TEXT_H
#define JOURNAL_JOURNAL_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "journal/journal_chain.h"

enum journal_format { JOURNAL_JSONL, JOURNAL_CSV, JOURNAL_FORMATS };
const char *journal_format_name(enum journal_format format);
bool journal_format_parse(struct span text, enum journal_format *out);

enum journal_part { JOURNAL_COLUMNS, JOURNAL_BEGIN, JOURNAL_ROW, JOURNAL_END };

/* A line of such a file; what belongs to another part is zero. */
struct journal_line {
    enum journal_part part;
    struct journal_row row; /* JOURNAL_ROW, and of JOURNAL_BEGIN the tenant's number */
    bool has_chain;         /* rows from before there was a chain have none */
    uint8_t
        chain[JOURNAL_HASH_BYTES]; /* of the row; JOURNAL_BEGIN: of what was before; END: last */
    struct span slug;              /* JOURNAL_BEGIN: of the tenant */
    int64_t from_ms, to_ms;        /* JOURNAL_BEGIN: 0 without */
    int64_t count;                 /* JOURNAL_END */
};

/* Adds the line with its end. */
void journal_text_render(enum journal_format format, const struct journal_line *line,
                         struct buf *out);
/* `text` is one line, without its end or with it; CSV: one record. Spans live in the arena. */
MUST_USE enum err journal_text_parse(enum journal_format format, struct arena *arena,
                                     struct span text, struct journal_line *out, const char **why);

#endif
