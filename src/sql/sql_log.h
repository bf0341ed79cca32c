/* sql/sql_log.h - the log: its chain of hashes, and how far it reaches.
 *
 * Each row is chained to the tenant's row before it as it is written (journal/journal_chain.h). The
 * end of each tenant's chain is remembered, and asked of the database again after a failure. Where
 * old rows go, the chain of the last of them is kept as a head: one a day, and the newest.
 * Owns: what it remembers.
 * Threads: one at a time.
 * Source: docs/adr/0026-the-chain-of-the-log.md.
 */
#ifndef SQL_SQL_LOG_H
#define SQL_SQL_LOG_H

#include <stdbool.h>

#include "sql/backend.h"
#include "sql/sql.h"

struct sql_log;

struct sql_log *sql_log_open(void);
void sql_log_close(struct sql_log **log);

/* Appends a row. Whoever made its id, and whatever the clock did: one that is not above all of the
 * tenant's is given the next of `ids`, which is moved behind them. */
void sql_log_add(struct sql_log *log, struct sql *sql, struct id_maker *ids,
                 const struct event_row *row);
/* Appends that this row of the outbox was being sent when the program ended. */
void sql_log_add_orphan(struct sql_log *log, struct sql *sql, struct id_maker *ids, int32_t tenant,
                        int64_t outbox, int64_t now_ms);
/* Nothing of what was added since the last commit is there. */
void sql_log_forget(struct sql_log *log);
/* Before a batch: forgets what is remembered when it is of very many tenants; true then. */
bool sql_log_trim(struct sql_log *log);
/* The end of a tenant's log as it was read under a hold: the id of its last row (0: none) and that
 * row's hash. False: it is not the one that was remembered, if one was. */
bool sql_log_know(struct sql_log *log, int32_t tenant, int64_t last, struct span chain);

void sql_log_place(struct sql *sql, int32_t tenant, int64_t after, int max,
                   struct store_log_place *out);
/* Keeps the head of the rows up to the id `last`, which go. */
void sql_log_keep_head(struct sql *sql, int32_t tenant, int64_t last);

#endif
