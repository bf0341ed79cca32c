/* river/work.h - what travels between the loop thread and the storage thread.
 *
 * Owns: nothing; a work or reading belongs to whoever submitted it, but between submission and
 * `done` only the river touches it.
 */
#ifndef RIVER_WORK_H
#define RIVER_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"
#include "model/roster.h"
#include "net/worker.h"
#include "store/store.h"

/* One event on its way through a batch. The submitter fills `event`, `arena`, `roster` and
 * `done`; the rest is the river's until `done` is called on the loop thread. */
struct work {
    struct event event;
    const struct roster *roster; /* NULL for an event on no roster */
    struct arena *arena;         /* the answer's spans are put here */
    bool is_alone;               /* the arena holds this very struct and nothing of others */
    void (*done)(struct work *work);
    void *user;
    struct answer answer; /* when `err` is ERR_NONE */
    enum err err;         /* ERR_BROKEN, ERR_FULL, ERR_BUSY: it was not stored; ERR_UNSURE: it may
                             have been */
    bool unstored;        /* ... because nothing can be stored now: not for what it is */
    int64_t since_ns;     /* real time at which it came */
    struct work *next;
    struct work *older, *newer; /* in the queue, by arrival (river/queue.h) */
};

/* At the end of the river: frees those of the list that nobody else would. */
void work_drop(struct work *first);

struct reader;

/* Something to be asked of the store: `read` runs on the storage thread between batches, or on a
 * reader's (engine/reader.h); `done` on the loop thread. */
struct reading {
    enum err (*read)(struct reading *reading, struct store *store, int64_t now_ms);
    void (*done)(struct reading *reading);
    void *user;
    enum err err;     /* what `read` returned */
    bool is_late;     /* ERR_BUSY: a reader gave up, as it took too long */
    bool is_awaited;  /* somebody waits: it is given up with ERR_BUSY when its turn does not come */
    int64_t since_ns; /* real time at which it came */
    struct reading *next;
    struct reader *reader; /* ... whose it is now, and its job */
    struct worker_job job;
};

/* Takes those out of the list that somebody awaits and that came before that, as a list in their
 * order. */
struct reading *work_tired(struct reading **list, int64_t before_ns);

/* Handed down to the stages that bring events of their own; both as in river/river.h. */
struct intake {
    void *ctx;
    enum err (*submit)(void *ctx, struct work *work);
    enum err (*read)(void *ctx, struct reading *reading);
};

#endif
