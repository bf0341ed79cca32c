/* postgres/postgres_hold.h - a batch is one transaction that holds its tenants: while it does,
 * nobody else writes what is theirs.
 *
 * Each tenant has one row in the table `hold`, which is locked and never changed. The first lock
 * waits, in ascending order; what is found to be needed later is taken only if it is free, so that
 * no two batches wait for one another. With its lock comes the end of the tenant's log; when that
 * is not the one this program wrote last, somebody else has written meanwhile, and what was
 * remembered of the tenant is forgotten: whoever writes a tag writes an event in the same
 * transaction.
 * Nothing is sent before it is needed: lock, fence and ends of the logs travel with the first load.
 * Owns: the list of what is held.
 * Threads: the connection's.
 * Source: docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_HOLD_H
#define POSTGRES_POSTGRES_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "postgres/postgres_column.h"
#include "sql/sql_store.h"

struct postgres_hold {
    struct sql_store *of;
    uint64_t serial;       /* of the batch */
    struct arena *scratch; /* of the batch, or of the call that is a unit of its own */
    enum {
        HOLD_NONE,  /* each call is a unit of its own */
        HOLD_ASKED, /* tenants are named; nothing was sent */
        HOLD_SENT,  /* locks are on their way, their answers not taken */
        HOLD_HELD,
        HOLD_LOST, /* failed: nothing is done until it is dropped */
    } state;
    int32_t *tenants; /* ascending; held, or to be */
    size_t count, room;
    struct postgres_column column;
    /* Locks under way: */
    int32_t *asked; /* ascending */
    size_t asked_count, asked_room;
    bool is_fenced;
};

/* Tenants that ascend, each once; the caller's room is large enough. */
struct postgres_hold_list {
    int32_t *list;
    size_t count;
};
void postgres_hold_list_add(struct postgres_hold_list *l, int32_t tenant);

void postgres_hold_init(struct postgres_hold *h, struct sql_store *of);
void postgres_hold_done(struct postgres_hold *h);

/* Names the tenants, which ascend. */
void postgres_hold_ask(struct postgres_hold *h, const int32_t *tenants, size_t count);
/* Puts BEGIN, locks, fence and ends into the pipe, if that was not done yet. */
void postgres_hold_send(struct postgres_hold *h);
/* Takes their answers, if that was not done yet. */
void postgres_hold_take(struct postgres_hold *h);
bool postgres_hold_has(const struct postgres_hold *h, int32_t tenant);

/* Puts locks of more tenants into the pipe, each taken only if it is free... */
void postgres_hold_more(struct postgres_hold *h, const int32_t *tenants, size_t count);
/* ... and takes the answers: those that were free are held. The first locks are had before. */
void postgres_hold_more_take(struct postgres_hold *h);

/* Commits what is under way, with all that stands in the pipe, in one round trip. */
void postgres_hold_commit(struct postgres_hold *h);
/* Undoes it; the connection's error, if there is one, stays. */
void postgres_hold_undo(struct postgres_hold *h);

#endif
