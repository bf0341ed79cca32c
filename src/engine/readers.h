/* engine/readers.h - the two readers of an engine: one for what is quick and often asked, one for
 * what may take long, so that a search keeps nobody waiting who looks at the board.
 *
 * A store in memory has neither: whoever asks goes to the storage thread then.
 * Owns: both; and how far each was when the rosters were last replaced.
 * Threads: loop thread only.
 */
#ifndef ENGINE_READERS_H
#define ENGINE_READERS_H

#include "engine/reader.h"

struct readers {
    struct reader *looks, *browses;    /* NULL: the store is in memory */
    uint64_t looks_mark, browses_mark; /* of the readings that may use a book no longer in force */
};

MUST_USE enum err readers_open(struct readers *readers, struct loop *loop,
                               const struct clock *clock, const struct store *store,
                               char why[STORE_WHY_SIZE]);
void readers_close(struct readers *readers);
bool readers_are_idle(const struct readers *readers);

/* Other rosters are in force; and whether no reading uses those from before any more. */
void readers_mark(struct readers *readers);
bool readers_are_past(const struct readers *readers);

#endif
