/* postgres/postgres_floor.h - below which instant a queue is known to be empty.
 *
 * Rows that are gone stay in the index until no transaction can see them any more, which may take
 * as long as the longest one; a look at the queue that began at the very start would wade through
 * all of them. So it begins at the floor: everything that was due before was done at the last look,
 * and what others add is hardly ever due before it is written. Every FULL_MS a look begins at the
 * start and finds what was.
 * Threads: one at a time.
 */
#ifndef POSTGRES_POSTGRES_FLOOR_H
#define POSTGRES_POSTGRES_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/backend.h"

struct postgres_floor {
    int64_t due_ms;  /* nothing is there before */
    int64_t full_ms; /* when a look began at the start; 0: never */
};

enum { POSTGRES_FLOOR_FULL_MS = 30000, POSTGRES_FLOOR_SLACK_MS = 5000 };

/* Where a look at `now_ms` begins; 0: at the start. */
int64_t postgres_floor_at(const struct postgres_floor *f, int64_t now_ms);
/* A look that began at `from` found `first_ms` as the earliest due time, INT64_MAX: none. */
void postgres_floor_note(struct postgres_floor *f, int64_t from, int64_t first_ms, int64_t now_ms);
/* A row that is due then is added. */
void postgres_floor_lower(struct postgres_floor *f, int64_t due_ms);

/* The same for the rows of each sender in the outbox, by class; of about a thousand senders at
 * once, so that now and then one begins at the start again. */
struct postgres_floor_senders;
/* free releases it. */
struct postgres_floor_senders *postgres_floor_senders_open(void);
/* OUTBOX_CLASSES of them, until the next call. */
struct postgres_floor *postgres_floor_of(struct postgres_floor_senders *senders,
                                         const struct store_sender *sender);
bool postgres_floor_is_same(const struct store_sender *a, const struct store_sender *b);

#endif
