/* engine/reader.h - readings on a thread of their own, with a connection that only reads.
 *
 * What takes long to read holds neither the storage thread nor the loop up. A reading sees all
 * that had been committed when it began: whoever has been answered finds his act in it. One that
 * takes longer than the limit gives up: `err` is ERR_BUSY and `is_late` is set.
 * Owns: the thread and its connection; a reading stays the caller's until its `done`.
 * Errors: ERR_NOT_FOUND from reader_open, a store in memory has one connection alone; ERR_BUSY
 * from reader_put, too many wait.
 * Threads: loop thread only, but for the read function of a reading.
 */
#ifndef ENGINE_READER_H
#define ENGINE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/loop.h"
#include "river/work.h"

struct reader;

struct reader_options {
    struct loop *loop;
    const struct clock *clock;
    const struct store *store; /* that writes; closed after the reader */
    size_t max;                /* readings that wait; more are refused */
    int64_t limit_ms;          /* of real time, for one reading */
};

MUST_USE enum err reader_open(const struct reader_options *options, struct reader **out,
                              char why[STORE_WHY_SIZE]);
/* Ends the reading under way; the others are not called back. Accepts a pointer to NULL. */
void reader_close(struct reader **reader);

MUST_USE enum err reader_put(struct reader *reader, struct reading *reading);
bool reader_is_idle(const struct reader *reader);
/* The readings that were put so far, and whether all of these are done: what they were given may
 * be taken away then, whoever has come since. */
uint64_t reader_mark(const struct reader *reader);
bool reader_is_past(const struct reader *reader, uint64_t mark);

#endif
