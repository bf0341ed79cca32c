/* test/model/model_store.h - a store in memory that is fast enough for a hundred thousand stories.
 *
 * What a decision finds is a copy; only saving brings changes back, so that a crash before it
 * loses them. Saving checks what every store relies on: a row that changed is marked, a new one
 * is new, a timer is put once.
 * Owns: its arena; the rows live until the next reset.
 * Errors: what breaks these rules fails the story (model_run.h).
 */
#ifndef MODEL_STORE_H
#define MODEL_STORE_H

#include "model/facts.h"

enum { STORE_BUCKETS = 512, STORE_TIMERS = 128, STORE_TAGS = 256, STORE_OUTBOX = 512 };

/* What was logged about a row, once or more often. */
enum { STORE_EXHAUSTED = 1, STORE_HELD_BACK = 2, STORE_GIVEN_UP = 4 };

struct store_row {
    struct store_row *next; /* of its kind, in the order of making */
    enum fact_kind kind;
    int64_t id;
    struct span key;
    void *data;     /* NULL for a claim */
    unsigned flags; /* STORE_... */
    void *user;     /* whoever made it up may hang something here */
};

struct model_store {
    struct arena *arena;
    struct store_name *buckets[STORE_BUCKETS];
    struct store_row *first[FACT_KINDS], **last[FACT_KINDS];
    struct outbox *queue[STORE_OUTBOX]; /* those that are not settled */
    size_t queued;
    struct timer timers[STORE_TIMERS];
    size_t timer_count;
    struct tag tags[STORE_TAGS];
    size_t tag_count;
    struct duty duties[8];
    size_t duty_count;
    unsigned changes; /* rows that the last save wrote */
};

void model_store_reset(struct model_store *s);
void model_store_load(struct model_store *s, struct facts *f);
void model_store_save(struct model_store *s, const struct facts *f);

/* NULL without. By id; an id of 0: by the key. */
struct store_row *model_store_row(const struct model_store *s, enum fact_kind kind, int64_t id,
                                  struct span key);
void *model_store_get(const struct model_store *s, enum fact_kind kind, int64_t id);
bool model_store_has_timer(const struct model_store *s, enum timer_kind kind, int64_t subject,
                           int64_t due_ms);
size_t model_store_timers_of(const struct model_store *s, enum timer_kind kind, int64_t subject);

#endif
