/* river/apply.h - one batch: facts loaded, decisions made in order, all written, committed.
 *
 * The tenants of its events are held from the first look at the store to the commit, so that
 * what was loaded is still so when it is written. Timers that are due and outbox rows that may
 * leave join the batch. An event that the store refuses for a conflict is undone alone: the batch
 * is then made again, one by one. What fails for others' sake is tried again at once.
 * Threads: the storage thread only.
 * Source: docs/adr/0006-store.md, docs/adr/0028-what-a-batch-holds.md.
 */
#ifndef RIVER_APPLY_H
#define RIVER_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/dice.h"
#include "metric/metric_tally.h"
#include "river/book.h"
#include "river/claim.h"
#include "river/due.h"
#include "river/member.h"
#include "river/work.h"
#include "rules/guard.h"
#include "store/store.h"

struct apply {
    struct store *store;
    struct member member; /* this node among others */
    struct claim claim;   /* its store is this one */
    struct guard *guard;  /* what came lately; the river opens and closes it */
    struct arena *arena;  /* of the batch */
    struct id_maker ids;
    struct dice dice;
    struct span public_url;
    struct due due;
    int64_t next_timer_ms; /* no timer is due before */
    int64_t timers_ms;     /* ... or fires unless it was due before this; 0: all fire */
    bool has_begun;        /* apply_begin has succeeded */
    int64_t restored_ms;   /* when the database came back from a backup; 0: never */
    /* What the batches so far have come to. */
    uint64_t events, batches, commits_failed, unsure, alarms;
    uint64_t repeats;        /* tries after the first */
    uint64_t commits_unsure; /* their answer was lost */
    uint64_t settled_by_list, duplicates_possible, late_texts, late_calls;
    int64_t commit_us_last;
    struct metric_tally tally;
    int64_t complained_ns; /* of batches that were not stored */
    bool ready;
};

/* Works on the list (may be empty). Each work's err and answer are set; the answer's spans live
 * until the next batch. Returns what the loop thread shall do, and in *out_wake_ms when the next
 * batch is due without any event. Where nothing has begun yet, that is tried first. */
struct errand *apply_batch(struct apply *apply, const struct book *book, struct work *list,
                           int64_t now_ms, int64_t *out_wake_ms);

/* At start: rows that were under way when the program ended become unsure, senders with queued
 * rows and unsure rows are noted. ERR_BUSY: the store is away, and each batch tries again. */
MUST_USE enum err apply_begin(struct apply *apply, int64_t now_ms);

#endif
