/* journal/cursor.h - a place in a tenant's log as the stream's readers are given it: opaque to
 * them, one position for each node whose rows they have seen.
 *
 * A row's id names its node, and a node's ids ascend in the order in which its rows were
 * committed, so a position is the latest id seen of that node. Several are joined by '.', by
 * ascending node.
 * Threads: any.
 * Source: design section 11; base/id.h.
 */
#ifndef JOURNAL_CURSOR_H
#define JOURNAL_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"

enum { CURSOR_NODES = 64, CURSOR_SIZE = CURSOR_NODES * (ID_TEXT_SIZE + 1) };

/* Positions by node; 0: before its first row. */
struct cursor {
    int64_t at[CURSOR_NODES];
};

/* Moves the position of the row's node on; never back. */
void cursor_note(struct cursor *cursor, int64_t id);
/* The furthest of its positions; 0 for one that is at the beginning. */
int64_t cursor_last(const struct cursor *cursor);
/* Writes the text and a NUL; "0" stands for the beginning. */
void cursor_render(const struct cursor *cursor, char out[CURSOR_SIZE]);
/* False, *out untouched, when `text` is no cursor. */
bool cursor_parse(struct span text, struct cursor *out);

#endif
