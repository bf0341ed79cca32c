/* store/sqlite_log.h - the log: its chain of hashes, and how far it reaches.
 *
 * Each row is chained to the tenant's row before it as it is written (journal/journal_chain.h). The
 * end of each tenant's chain is remembered, and asked of the database again after a failure. Where
 * old rows go, the chain of the last of them is kept as a head: one a day, and the newest.
 * Owns: what it remembers.
 * Threads: one at a time.
 * Source: docs/adr/0026-the-chain-of-the-log.md.
 */
#ifndef STORE_SQLITE_LOG_H
#define STORE_SQLITE_LOG_H

#include "store/backend.h"
#include "store/sql.h"

struct sqlite_log;

struct sqlite_log *sqlite_log_open(void);
void sqlite_log_close(struct sqlite_log **log);

/* Appends a row. Whoever made its id, and whatever the clock did: one that is not above all of the
 * tenant's is given the next of `ids`, which is moved behind them. */
void sqlite_log_add(struct sqlite_log *log, struct sql *sql, struct id_maker *ids,
                    const struct event_row *row);
/* Nothing of what was added since the last commit is there. */
void sqlite_log_forget(struct sqlite_log *log);

void sqlite_log_place(struct sql *sql, int32_t tenant, int64_t after, int max,
                      struct store_log_place *out);
/* Keeps the head of the rows up to the id `last`, which go. */
void sqlite_log_keep_head(struct sql *sql, int32_t tenant, int64_t last);

#endif
