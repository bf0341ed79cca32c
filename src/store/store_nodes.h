/* store/store_nodes.h - the programs that share a database (sql/store_node.h): joining, living,
 * sharing out work, and hearing what the others do.
 *
 * A database that one program alone has answers all of it without being asked.
 * Errors: as store/store.h; ERR_BUSY: the database is away, and nothing was learnt.
 * Threads: as store/store.h.
 * Source: docs/adr/0029-leases-and-chores.md.
 */
#ifndef STORE_STORE_NODES_H
#define STORE_STORE_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "sql/store_node.h"

struct store;
struct fact;
struct spent;

/* Other programs may write it too. */
bool store_nodes_are_shared(const struct store *store);
/* Takes the number that the key had, a free one, or that of a node which has been gone for a day,
 * and a new incarnation, whose batches alone are taken from now on. Where one program alone has the
 * database it is number 0. ERR_FULL: all numbers are taken. */
MUST_USE enum err store_nodes_join(struct store *store, const struct store_self *self);
/* The lease lasts for STORE_LEASE_MS more. What an incarnation that is gone was sending is
 * store_orphans' then. ERR_DENIED: this one lives no more: join again. ERR_CONFLICT: another
 * program has joined with the same key. */
MUST_USE enum err store_nodes_beat(struct store *store, const struct store_beat *beat,
                                   struct store_pulse *out);
/* The number is given back at once; nothing is written any more. */
MUST_USE enum err store_nodes_leave(struct store *store);
/* What one node at a time does: it is this one's until `until_ms` unless another living one has it.
 * Asked again before that, it is prolonged, or shortened. */
MUST_USE enum err store_nodes_chore(struct store *store, struct span name, int64_t now_ms,
                                    int64_t until_ms, bool *out_is_mine);
/* The key of that name which all nodes use: this one, if none of them has brought one yet. */
MUST_USE enum err store_nodes_shared(struct store *store, const char *name, uint8_t key[32]);
/* How often each topic has changed, STORE_TOPICS of them. */
MUST_USE enum err store_nodes_topics(struct store *store, int64_t *out);
/* Gives what the next tenants have spent in all since that day, by all nodes, and moves the look
 * on; of single numbers nothing. */
MUST_USE enum err store_nodes_totals(struct store *store, struct store_totals *look,
                                     void (*fn)(void *ctx, const struct spent *row), void *ctx);
/* Calls `fn` for each tenant with a good roster, with the version of his last one. */
MUST_USE enum err store_nodes_versions(struct store *store, store_version_fn *fn, void *ctx);
/* Calls `fn` for what the nodes of the pulse but this one have committed since *heard, and moves
 * it on. The first time it only learns where they are. */
MUST_USE enum err store_nodes_changes(struct store *store, const struct store_pulse *pulse,
                                      struct store_heard *heard, store_change_fn *fn, void *ctx);
/* Whether somebody is shown the row that has changed, and what. */
bool store_nodes_change_of(const struct fact *fact, struct store_change *out);

#endif
