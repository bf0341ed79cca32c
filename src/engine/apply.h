/* engine/apply.h - one batch: facts loaded, decisions made in order, all written, committed.
 *
 * Timers that are due and outbox rows that may leave join the batch. An event that the store
 * refuses for a conflict is undone alone: the batch is then made again, one by one.
 * Threads: the storage thread only.
 * Source: docs/adr/0006-store.md.
 */
#ifndef ENGINE_APPLY_H
#define ENGINE_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/dice.h"
#include "engine/book.h"
#include "engine/pace.h"
#include "engine/work.h"
#include "store/store.h"

/* A row that has been committed as being sent; the loop thread sends it. */
struct apply_send {
    struct apply_send *next;
    struct arena *arena; /* holds this very struct */
    struct outbox row;
};

struct apply {
    struct store *store;
    struct pace *pace;
    struct arena *arena; /* of the batch */
    struct id_maker ids;
    struct dice dice;
    struct span public_url;
    int64_t next_timer_ms;        /* no timer is due before */
    int in_flight, in_flight_max; /* sends under way */
    /* What the batches so far have come to. */
    uint64_t events, batches, commits_failed, unsure, alarms;
    int64_t commit_us_last, timer_late_ms_max;
    bool ready;
};

/* Works on the list (may be empty). Each work's err and answer are set. Returns what shall be
 * sent, and in *out_wake_ms when the next batch is due without any event. */
struct apply_send *apply_batch(struct apply *apply, const struct book *book, struct work *list,
                               int64_t now_ms, int64_t *out_wake_ms);

/* At start: rows that were under way when the program ended become unsure, senders with queued
 * rows are noted. */
MUST_USE enum err apply_begin(struct apply *apply, int64_t now_ms);

#endif
