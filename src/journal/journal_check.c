#include "journal/journal_check.h"

#include <string.h>

struct journal_check journal_check_begin(int32_t tenant, const uint8_t *before)
{
    struct journal_check c = {.tenant = tenant, .has_begun = true, .is_chained = before != NULL};

    if (before)
        memcpy(c.chain, before, sizeof c.chain);
    return c;
}

static void broken(struct journal_check *c, const char *why, int64_t id)
{
    if (c->why)
        return;
    c->why = why;
    c->broken_line = c->line;
    c->broken_id = id;
}

/* What the chain can be made of: whatever was written here is. */
static bool is_sound(const struct journal_row *row)
{
    const size_t salt = row->salt.size;

    return (salt == 0 || salt == JOURNAL_SALT_BYTES || salt == JOURNAL_HASH_BYTES) &&
           row->kind.size <= JOURNAL_NAME_MAX && row->operator_id.size <= JOURNAL_NAME_MAX;
}

/* After a row that does not fit, the next ones are held against what it says itself, so that only
 * the first counts. */
void journal_check_row(struct journal_check *c, const struct journal_row *row, const uint8_t *chain)
{
    uint8_t expected[JOURNAL_HASH_BYTES];
    const bool sound = is_sound(row);

    if (row->id <= c->last_id)
        broken(c, "it stands out of order: it was moved here, or added", row->id);
    if (!chain && c->is_chained)
        broken(c, "it has no hash, and rows before it have: it was added, or its hash taken away",
               row->id);
    if (row->salt.size == JOURNAL_HASH_BYTES && row->detail.size)
        broken(c, "its words were erased, and it has words: they were added", row->id);
    if (!row->salt.size && row->detail.size && chain)
        broken(c, "it has words without a salt: they were added", row->id);
    if (!sound)
        broken(c, "its salt, kind or operator is of a size that none has: it was changed", row->id);
    if (chain) {
        if (sound)
            journal_chain_next(c->hash, c->chain, row, expected);
        if (sound && memcmp(expected, chain, sizeof expected) != 0)
            broken(c,
                   "it does not fit the row before it: it was changed, or a row was removed, "
                   "added or changed just before it",
                   row->id);
        memcpy(c->chain, chain, sizeof c->chain);
        c->is_chained = true;
    } else {
        c->unchained++;
    }
    if (c->count++ == 0)
        c->first_ms = row->at_ms;
    c->last_ms = row->at_ms;
    c->last_id = row->id;
}

static void begin(struct journal_check *c, const struct journal_line *line)
{
    if (c->has_begun)
        broken(c, "a log begins in the middle of another", 0);
    c->has_begun = true;
    c->tenant = line->row.tenant;
    c->is_chained = line->has_chain;
    memcpy(c->chain, line->chain, sizeof c->chain);
}

static void end(struct journal_check *c, const struct journal_line *line)
{
    if (line->count != c->count - c->earlier)
        broken(c, "it counts other rows than the file has: some were removed or added", 0);
    else if (memcmp(line->chain, c->chain, sizeof c->chain) != 0)
        broken(c, "it has another hash than the last row: rows were removed from the end", 0);
    c->has_ended = true;
}

/* Another log in the same file: the same tenant's, from where the one before it ended. */
static void go_on(struct journal_check *c, const struct journal_line *line)
{
    if (line->row.tenant != c->tenant)
        broken(c, "a log of another business follows", 0);
    else if (line->has_chain != c->is_chained ||
             (c->is_chained && memcmp(line->chain, c->chain, sizeof c->chain) != 0))
        broken(c, "the log that follows does not begin where the one before it ended", 0);
    c->has_ended = false;
    c->earlier = c->count;
}

void journal_check_line(struct journal_check *c, enum journal_format format, struct arena *arena,
                        struct span text, int lines)
{
    struct journal_line line;
    const char *why;

    c->line++;
    if (journal_text_parse(format, arena, text, &line, &why)) {
        broken(c, why, 0);
    } else if (c->has_ended && line.part == JOURNAL_BEGIN) {
        go_on(c, &line);
    } else if (c->has_ended) {
        broken(c, "it stands behind the log's end: it was added", 0);
    } else if (!c->has_begun && line.part != JOURNAL_BEGIN && line.part != JOURNAL_COLUMNS) {
        broken(c, "the log's first line is missing", 0);
        c->has_begun = true;
    } else if (line.part == JOURNAL_BEGIN) {
        begin(c, &line);
    } else if (line.part == JOURNAL_END) {
        end(c, &line);
    } else if (line.part == JOURNAL_ROW) {
        line.row.tenant = c->tenant;
        journal_check_row(c, &line.row, line.has_chain ? line.chain : NULL);
    }
    c->line += lines - 1;
}

void journal_check_end(struct journal_check *c)
{
    c->line++;
    if (!c->has_begun)
        broken(c, "there is no log in this file", 0);
    else if (!c->has_ended)
        broken(c, "the file was cut off: the log's last line is missing", 0);
}
