/* river/storage.h - the storage thread: one batch at a time goes over and comes back.
 *
 * A batch works on copies of what it was given, so that whoever waits for a work can be answered
 * while the batch hangs: what has been taken out meanwhile is not given back, whatever becomes of
 * its copy.
 * What is put belongs to the storage thread until it is taken again, but for the works; so does
 * the apply that it works with.
 * Owns: the thread, the copies.
 * Threads: loop thread only.
 */
#ifndef RIVER_STORAGE_H
#define RIVER_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/loop.h"
#include "river/apply.h"
#include "river/queue.h"

struct storage;

struct storage_batch {
    struct work *kept;  /* from the spool, decided first; not copied */
    struct work *works; /* when it comes back: those that were not taken out */
    struct reading *readings;
    const struct book *book;
    int64_t now_ms;
    int64_t timers_ms; /* of the timers only those fire that were due before; 0: all */
    bool drain;        /* nothing more is claimed */
    int looks_max;     /* unsure rows that can be looked for */
    /* Filled when it comes back. */
    struct errand *errands;
    int64_t wake_ms; /* when the next batch is due without any event */
};

struct storage *storage_open(struct loop *loop, struct apply *apply);
/* Ends the batch under way, then stops; errands that nobody took are dropped (their rows are
 * found as unsure at the next start). */
void storage_close(struct storage **storage);
/* Only when none is under way. Wakes the loop when it is done. */
void storage_put(struct storage *storage, const struct storage_batch *batch);
/* False: none, or not done yet. */
bool storage_take(struct storage *storage, struct storage_batch *out);

/* Takes out those that are stored while the batch's readings go on, as storage_take gives them. */
struct work *storage_take_stored(struct storage *storage);
/* Takes works of the batch under way out of it, as a list in their order. */
struct work *storage_pick(struct storage *storage, queue_pick_fn *pick, void *ctx);
/* The same of readings that have not begun. */
struct reading *storage_pick_readings(struct storage *storage, int64_t before_ns);

#endif
