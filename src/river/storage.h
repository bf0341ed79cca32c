/* river/storage.h - the storage thread: one batch at a time goes over and comes back.
 *
 * What is put belongs to the storage thread until it is taken again; so does the apply that it
 * works with.
 * Owns: the thread.
 * Threads: loop thread only.
 */
#ifndef RIVER_STORAGE_H
#define RIVER_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/loop.h"
#include "river/apply.h"

struct storage;

struct storage_batch {
    struct work *works;
    struct reading *readings;
    const struct book *book;
    int64_t now_ms;
    bool is_replay; /* of events that were kept: no timer fires before all are in */
    bool drain;     /* nothing more is claimed */
    int looks_max;  /* unsure rows that can be looked for */
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

#endif
