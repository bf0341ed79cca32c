/* river/claim.h - takes outbox rows for the loop thread: to be sent, or to be looked for.
 *
 * What is beyond the day's budget and not urgent is handed out as dropped.
 * A row is claimed within a batch's transaction and handed out once that is committed. Who has
 * opted out is sent nothing: his row is claimed, and the loop thread reports it as refused. An
 * unsure row that is due is leased: nobody looks for it again before the lease ends.
 * Owns: the ids of the unsure rows, until claim_done; an errand belongs to whom it is handed.
 * Threads: the storage thread only.
 * Source: design section 7, G4.
 */
#ifndef RIVER_CLAIM_H
#define RIVER_CLAIM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/facts.h"
#include "river/book.h"
#include "river/pace.h"
#include "rules/budget.h"
#include "store/store.h"

enum { CLAIM_SENDS = 64, CLAIM_LOOKS = 64 };

enum errand_kind {
    ERRAND_SEND,
    ERRAND_REFUSE, /* the person has opted out: nothing is sent */
    ERRAND_DROP,   /* beyond the day's budget, or not to be dialled: nothing is sent */
    ERRAND_LOOK,   /* the carrier's list shall be searched for it */
    ERRAND_ASK,    /* the carrier is asked about a party (river/inquiry.h) */
    ERRAND_FREE, /* whether it is claimed is not known: it is not sent, and waits again if it is */
};

/* A row that has been committed as claimed; ERRAND_FREE: that may have been. */
struct errand {
    struct errand *next;
    struct arena *arena; /* holds this very struct */
    enum errand_kind kind;
    struct outbox row;
    struct party party; /* ERRAND_ASK alone */
};

struct claim {
    struct store *store;
    struct pace *pace;
    struct budget *budget;
    const struct book *book;      /* of the batch */
    int in_flight, in_flight_max; /* sends under way */
    int looks_max;                /* unsure rows that may be taken now */
    int64_t next_unsure_ms;       /* no unsure row is due before */
    uint64_t opted_out;           /* rows that were not sent for it */
    int64_t *unsure;              /* ids of the rows that are unsure now, ascending */
    size_t unsure_count, unsure_room;
};

/* What one batch takes. */
struct claimed {
    struct outbox *rows[CLAIM_SENDS + CLAIM_LOOKS];
    enum errand_kind kinds[CLAIM_SENDS + CLAIM_LOOKS];
    size_t count, sends;                 /* the sends come first */
    struct budget_ask asks[CLAIM_SENDS]; /* tenant 0: it was not counted now */
    struct budget_word words[CLAIM_SENDS];
};

/* At start: learns which rows are unsure. */
MUST_USE enum err claim_begin(struct claim *claim, struct arena *arena, int64_t now_ms);
void claim_done(struct claim *claim);

/* Takes what may leave now, rows that this batch adds included. Fails when the store cannot be
 * read: then claim_undo, and the batch is not saved. */
MUST_USE enum err claim_rows(struct claim *claim, const struct book *book, struct facts *facts,
                             struct claimed *out);
/* The batch was not stored: the rows wait as before, until `again_ms`. */
void claim_undo(struct claim *claim, const struct claimed *claimed, int64_t again_ms);
/* Whether the batch was stored is not known. What it would have sent counts as under way until its
 * errand has come back as a result. */
struct errand *claim_lost(struct claim *claim, const struct claimed *claimed, int64_t again_ms);
/* The batch was stored. */
struct errand *claim_hand_out(struct claim *claim, const struct facts *facts,
                              const struct claimed *claimed);
/* When something can be claimed without any event; INT64_MAX: not. */
int64_t claim_wake_ms(const struct claim *claim);

#endif
