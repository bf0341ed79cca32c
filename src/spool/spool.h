/* spool/spool.h - a file of fixed size that keeps records, in order, while the store cannot.
 *
 * The space is taken when the file is made, so that a full disk does not matter later. It is a
 * ring: positions only grow, and a record stands at its position modulo the size. A record is
 * sealed together with its position and the seal of the record before it, so whatever a crash
 * left behind a torn record is never taken for one of ours. What has been taken is noted in one
 * of two slots in turn; nothing is ever cut off. The note reaches the disk with the next sync, and
 * in any case before the space of what was taken is written over: a machine that loses its power
 * before that gets some of it once more, and loses nothing. What is done with is written over with
 * zeros when it is asked for, and how far that is, is noted, too: events hold what people wrote.
 * Owns: the file, which nobody else may have open.
 * Errors: ERR_FULL: no room (or the disk has none); ERR_BUSY: another program holds the file;
 * ERR_BROKEN: the disk, or a file that is no spool.
 * Threads: one at a time.
 * Source: design section 7, G5.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum {
    SPOOL_WHY_SIZE = 512,
    SPOOL_SLOT_BYTES = 4096, /* two of them stand before the ring */
    SPOOL_HEAD_BYTES = 32,   /* before each record */
    SPOOL_RECORD_BYTES_MAX = 64 << 10,
};

struct spool;

/* Opens the file, or makes it with `bytes` for records. What it held is there again, up to a
 * record that was not written to its end. `why`: one line that names the cause and the mend. */
MUST_USE enum err spool_open(const char *path, size_t bytes, struct spool **out,
                             char why[SPOOL_WHY_SIZE]);
/* Accepts a pointer to NULL and leaves NULL. */
void spool_close(struct spool **spool);

/* Adds a record; it is kept once spool_sync has returned ERR_NONE. */
MUST_USE enum err spool_add(struct spool *spool, struct span record);
/* All that was added reaches the disk. After an error what was added since the last success is
 * not kept. */
MUST_USE enum err spool_sync(struct spool *spool);

/* Whether something written now would be kept: a proof is written beside the older of the two
 * notes, reaches the disk, is read back and found to be the one. Takes nothing of the room for
 * records, and changes none. */
MUST_USE enum err spool_prove(struct spool *spool);

/* Records that are kept. */
size_t spool_count(const struct spool *spool);
/* What is taken of the ring's bytes. */
void spool_size(const struct spool *spool, uint64_t *out_used, uint64_t *out_bytes);
/* The oldest records, at most `max`, copied into the arena. */
MUST_USE enum err spool_peek(struct spool *spool, struct arena *arena, size_t max, struct span *out,
                             size_t *out_count);
/* The oldest `count` are done with; waits for no disk. After an error they come again at the next
 * opening. */
MUST_USE enum err spool_drop(struct spool *spool, size_t count);

/* Bytes of records that are done with, and not written over yet. */
uint64_t spool_dirty(const struct spool *spool);
/* Writes zeros over them; waits for the disk. Safe at any crash: it is done before the note of it,
 * and only behind what the disk knows to be done with. */
MUST_USE enum err spool_wipe(struct spool *spool);

#endif
