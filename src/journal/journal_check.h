/* journal/journal_check.h - whether a log is whole: row after row is held against the chain.
 *
 * What does not fit stays noted, with the first place at which it showed. A row that was changed
 * shows itself; for one that was removed, added or moved the next row does, unless their order
 * tells it first.
 * Owns: nothing.
 * Threads: any, one at a time.
 */
#ifndef JOURNAL_JOURNAL_CHECK_H
#define JOURNAL_JOURNAL_CHECK_H

#include "journal/journal_text.h"

struct journal_check {
    uint8_t chain[JOURNAL_HASH_BYTES]; /* so far */
    bool is_chained;                   /* a row with a hash has come, or one before is known */
    int32_t tenant;
    int64_t count, unchained; /* rows; those of them from before there was a chain */
    int64_t earlier;          /* ... those of logs that stand before this one in the file */
    int64_t first_ms, last_ms, last_id;
    int64_t line; /* of a file, from 1 */
    bool has_begun, has_ended;
    struct digest_hash *hash; /* NULL will do */
    const char *why;          /* what does not fit, static; NULL: all fits so far */
    int64_t broken_line;      /* in which line */
    int64_t broken_id;        /* at which row; 0: none */
};

/* `before` is the hash of the row before the first; NULL: there was none. */
struct journal_check journal_check_begin(int32_t tenant, const uint8_t *before);
/* The next row, and its hash when it has one. */
void journal_check_row(struct journal_check *check, const struct journal_row *row,
                       const uint8_t *chain);

/* The same for a file: zeroed at first, then line by line (CSV: record by record, `lines` of them
 * in the text), then the end. */
void journal_check_line(struct journal_check *check, enum journal_format format,
                        struct arena *arena, struct span text, int lines);
void journal_check_end(struct journal_check *check);

#endif
