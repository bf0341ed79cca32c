/* river/river.h - the stages in the one order in which they stand: what has come is stored and
 * decided, and what was decided is sent.
 *
 * Works and readings that came during a turn of the loop go to the storage thread as one batch;
 * what comes back is answered, and its errands leave. While nothing can be stored, what the carrier
 * brings goes round the store (river/outage.h).
 * Whoever runs it calls, in each turn, river_collect and then river_turn; what touches the apply
 * in place of the storage thread is done between the two, or in a reading's `done`.
 * Owns: the store, the stages, the storage thread.
 * Threads: loop thread only.
 * Source: docs/adr/0002-the-river.md.
 */
#ifndef RIVER_RIVER_H
#define RIVER_RIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/loop.h"
#include "river/apply.h"
#include "river/book.h"
#include "river/nodes.h"
#include "river/results.h"
#include "river/sender.h"
#include "river/work.h"

struct river;

enum { RIVER_WHY_SIZE = 512 };

/* Texts and what is pointed at are borrowed and must live as long as the river. */
struct river_options {
    struct loop *loop;
    struct clock *clock;
    const char *database; /* path of the SQLite file */
    const char *spool;    /* path of the file that keeps events while the database cannot */
    struct sender_options sender;
    const char *lookup_api;                   /* base of the carrier's lookups, without a slash */
    int keep_bodies_days, keep_metadata_days; /* 0: for ever */
    double call_rate;                         /* calls started per second and account */
    size_t queue_max;                         /* events waiting for the storage thread */
    /* Real time after which an event that waits is kept in the spool; 0: as the store is. */
    int64_t patience_ms;
    struct store_self self; /* this node */
    uint8_t node_before;    /* its number the last time, until it can be asked for */
    uint8_t *callback_key;  /* replaced by the one that all nodes use, when it joins */
    void (*topic)(void *ctx, enum store_topic topic); /* as in nodes_options, both */
    store_change_fn *changed;
    void (*let_go)(void *ctx); /* nothing on its way refers to a book before the one in force */
    void *ctx;
};

/* Opens the store; from now on the apply can be used, and events wait. `why`: one line for
 * people. */
MUST_USE enum err river_open(const struct river_options *options, struct river **out,
                             char why[RIVER_WHY_SIZE]);
/* Opens the stages and starts the storage thread. After an error the river can be closed only. */
MUST_USE enum err river_start(struct river *river, const struct book *book,
                              char why[RIVER_WHY_SIZE]);
/* Finishes the batch under way and closes the stages, not the store. Nothing that was submitted
 * and not answered is called back. Accepts NULL. */
void river_stop(struct river *river);
/* Stops it before, where nobody has. */
void river_close(struct river **river);

/* The rosters in force from now on; `book` must live until `let_go` is called after the next. */
void river_take_book(struct river *river, const struct book *book);

/* ERR_BUSY: too many are waiting; nothing was taken. */
MUST_USE enum err river_submit(struct river *river, struct work *work);
/* Never refused. */
MUST_USE enum err river_read(struct river *river, struct reading *reading);
/* Both, for stages that bring events of their own. */
const struct intake *river_intake(const struct river *river);

/* Answers what the storage thread has done. True: a batch has come back. */
bool river_collect(struct river *river);
/* Hands over what waits. Returns the milliseconds until it wants to be called again. */
int64_t river_turn(struct river *river);

/* Claims nothing more to send; a list of the carrier's that is being got is dropped. */
void river_drain(struct river *river);
/* True when nothing waits, is being stored or is being sent. */
bool river_is_idle(const struct river *river);

/* What batches are applied to. */
struct apply *river_apply(struct river *river);

/* The results since the start, the others as they were at the end of the last turn. */
struct river_counts {
    struct results_counts results;
    uint64_t waiting;                 /* events in the queue */
    uint64_t spooled;                 /* events kept until the store can be written */
    uint64_t outbox_busy;             /* requests at the carrier now */
    uint64_t spool_bytes, spool_size; /* what they take, and what there is room for */
    uint64_t places;                  /* how many events may wait */
    const struct metric_sends *sends; /* lives as long as the river */
};
struct river_counts river_counts(const struct river *river);
/* Whether the spool could keep something now (river/outage.h). */
MUST_USE enum err river_prove_spool(struct river *river);
/* All nodes, as of the last beat; lives until the next turn. */
const struct store_pulse *river_nodes(const struct river *river);
/* How the carrier has answered lately. */
struct sender_sight river_sight(const struct river *river);

#endif
