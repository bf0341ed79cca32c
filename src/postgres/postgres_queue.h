/* postgres/postgres_queue.h - what is due: timers, rows of the outbox to be sent, unsure ones.
 *
 * Inside a batch, what others hold is left to them; without one, all that is there is told.
 * Owns: its columns, and what it knows of where each queue begins.
 * Errors: as the connection's.
 * Threads: the connection's.
 * Source: docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_QUEUE_H
#define POSTGRES_POSTGRES_QUEUE_H

#include "model/facts.h"
#include "postgres/postgres_hold.h"

struct postgres_queue;

struct postgres_queue *postgres_queue_open(void);
void postgres_queue_close(struct postgres_queue **queue);

/* As store_due, store_due_others, store_senders, store_ready and store_unsure; outputs are set on
 * success alone. */
void postgres_queue_due(struct postgres_queue *queue, struct postgres_hold *h, int64_t now_ms,
                        size_t max, struct timer *out, size_t *out_count, int64_t *out_next_ms);
void postgres_queue_due_others(struct postgres_queue *queue, struct postgres_hold *h,
                               const struct store_due_ask *ask, struct timer *out,
                               size_t *out_count, int64_t *out_up_to_ms);
void postgres_queue_senders(struct postgres_hold *h,
                            void (*fn)(void *, const struct store_sender *), void *ctx);

struct postgres_queue_ask {
    struct facts *facts;
    int64_t now_ms;
    size_t max;
    struct outbox **out; /* at least `max` */
};
struct postgres_queue_found {
    size_t count;
    int64_t next_ms;
};
void postgres_queue_ready(struct postgres_queue *queue, struct postgres_hold *h,
                          const struct postgres_queue_ask *ask, const struct store_sender *sender,
                          struct postgres_queue_found *out);
void postgres_queue_unsure(struct postgres_queue *queue, struct postgres_hold *h,
                           const struct postgres_queue_ask *ask, struct postgres_queue_found *out);

/* What has been committed. */
void postgres_queue_note(struct postgres_queue *queue, const struct facts *facts);

/* For tests: the text of each statement, NULL behind the last. */
const char *postgres_queue_text(int at);

#endif
