/* postgres/postgres_batch.h - a batch of the store on PostgreSQL: hold, load, decide, save.
 *
 * A batch is one transaction; its statements travel in as few round trips as there are rounds of
 * loading, and all that is written goes with the commit in one. What is asked without a hold is a
 * transaction of its own.
 * Owns: texts, columns and what it remembers of the queues; not the connection.
 * Errors: as store/store.h.
 * Threads: one at a time.
 * Source: docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_BATCH_H
#define POSTGRES_POSTGRES_BATCH_H

#include "sql/sql_store.h"

struct postgres_batch;
struct postgres_months;

/* `months` are the connection's, and stay the caller's. */
struct postgres_batch *postgres_batch_open(struct sql_store *of, struct postgres_months *months);
/* After the connection. */
void postgres_batch_close(struct postgres_batch **batch);

/* Each as the function of store.h that ends like it. */
MUST_USE enum err postgres_batch_hold(struct postgres_batch *b, const int32_t *tenants,
                                      size_t count);
void postgres_batch_drop(struct postgres_batch *b);
MUST_USE enum err postgres_batch_load(struct postgres_batch *b, struct facts *facts);
MUST_USE enum err postgres_batch_save(struct postgres_batch *b, const struct facts *facts);
MUST_USE enum err postgres_batch_due(struct postgres_batch *b, int64_t now_ms, size_t max,
                                     struct timer *out, size_t *out_count, int64_t *out_next_ms);
MUST_USE enum err postgres_batch_due_others(struct postgres_batch *b,
                                            const struct store_due_ask *ask, struct timer *out,
                                            size_t *out_count, int64_t *out_up_to_ms);
MUST_USE enum err postgres_batch_senders(struct postgres_batch *b,
                                         void (*fn)(void *ctx, const struct store_sender *sender),
                                         void *ctx);
MUST_USE enum err postgres_batch_ready(struct postgres_batch *b, struct facts *facts,
                                       const struct store_sender *sender, int64_t now_ms,
                                       size_t max, struct outbox **out, size_t *out_count,
                                       int64_t *out_next_ms);
MUST_USE enum err postgres_batch_unsure(struct postgres_batch *b, struct facts *facts,
                                        int64_t now_ms, size_t max, struct outbox **out,
                                        size_t *out_count, int64_t *out_next_ms);
MUST_USE enum err postgres_batch_orphans(struct postgres_batch *b, int64_t now_ms,
                                         struct id_maker *ids, size_t *out_count);

/* For tests: the text of each statement that a batch sends, NULL behind the last. */
const char *postgres_batch_text(const struct postgres_batch *b, int at);

#endif
