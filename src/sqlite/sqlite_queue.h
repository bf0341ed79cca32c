/* sqlite/sqlite_queue.h - what is to be done and when: timers and the outbox.
 *
 * The functions of store/store.h of the same names. Errors stick to the connection.
 */
#ifndef SQLITE_SQLITE_QUEUE_H
#define SQLITE_SQLITE_QUEUE_H

#include "sql/backend.h"
#include "sql/sql.h"
#include "sql/sql_log.h"

void sqlite_queue_due_others(struct sql *sql, const struct store_due_ask *ask, struct timer *out,
                             size_t *out_count, int64_t *out_up_to_ms);
void sqlite_queue_due(struct sql *sql, int64_t now_ms, size_t max, struct timer *out,
                      size_t *out_count, int64_t *out_next_ms);
void sqlite_queue_senders(struct sql *sql, void (*fn)(void *, const struct store_sender *),
                          void *ctx);
void sqlite_queue_ready(struct sql *sql, struct facts *facts, const struct store_sender *sender,
                        int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                        int64_t *out_next_ms);
void sqlite_queue_unsure(struct sql *sql, struct facts *facts, int64_t now_ms, size_t max,
                         struct outbox **out, size_t *out_count, int64_t *out_next_ms);
/* Runs inside the caller's transaction; `scratch` holds the list of rows. */
void sqlite_queue_orphans(struct sql *sql, struct sql_log *log, int64_t now_ms,
                          struct id_maker *ids, struct arena *scratch, size_t *out_count);

#endif
