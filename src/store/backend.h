/* store/backend.h - what a back end of the store is: one table of functions, and what they speak
 * of.
 *
 * Programs include store/store.h, which tells what each function does; the back ends include
 * this one alone.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/facts.h"
#include "model/rows.h"

struct store;

enum { STORE_SCHEMA = 5, STORE_WHY_SIZE = 256 };

/* A sender with queued outbox rows. */
struct store_sender {
    int32_t tenant;
    char from[LIMIT_NUMBER_SIZE];
    enum outbox_kind kind;
};

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_DISPATCHER, ROLE_ADMIN, ROLES };
struct token {
    int64_t id;
    int32_t tenant; /* 0: every tenant */
    enum role role;
    uint8_t hash[32]; /* SHA-256 of the token's text */
    char name[LIMIT_NAME_SIZE];
    int64_t created_ms, revoked_ms, used_ms;
};
const char *role_name(enum role role);
bool role_parse(struct span text, enum role *out);

/* What can be listed. Each view gives named columns; a reader renders them by their names:
 * `id` and `*_id` are ids, `*_at` instants (null: not yet), `is_*` bools, the rest numbers or
 * texts. Newest first, but VIEW_EVENTS_AFTER and VIEW_THREAD_LOG, which are oldest first, and
 * VIEW_DUTIES, which goes by operator. Rows without an id begin with a number that stands for it
 * as the cursor. */
enum view {
    VIEW_THREADS,
    VIEW_RELAYS,
    VIEW_CALLS,       /* cascades */
    VIEW_CALL_EVENTS, /* twilio_call_events */
    VIEW_MESSAGES,
    VIEW_EVENTS,
    VIEW_EVENTS_AFTER, /* ids above `after` */
    VIEW_THREAD_LOG,   /* events of filter.thread */
    VIEW_OUTBOX,
    VIEW_TIMERS,
    VIEW_TOKENS,
    VIEW_ROSTERS,
    VIEW_DUTIES,   /* what operators said of themselves */
    VIEW_CONSENTS, /* what people told the carrier; states are "out" and "in" */
    VIEW_JOBS,     /* latest first; filter.sid: a customer's number, filter.job: the job_id,
                      filter.operator_id */
    VIEW_JOB_LOG,  /* of the job filter.id, oldest first: what happened, texts, calls */
    VIEWS
};
struct view_filter {
    int32_t tenant;
    int64_t id;        /* one row, 0: any */
    int64_t thread;    /* 0: any */
    int64_t after;     /* cursor: rows beyond this id in the view's order, 0: from the start */
    struct span state; /* the row's state, empty: any */
    struct span job;   /* the row's job, empty: any */
    /* Message sid or call sid, empty: any. An inbound text is found by its claim, whose key is
     * "m:" and the sid, and whose event has the message's id. */
    struct span sid;
    struct span operator_id; /* whose, empty: anybody's */
    int limit;               /* 1 to 1000 */
};
enum view_type { VIEW_NULL, VIEW_NUMBER, VIEW_TEXT };
struct view_cell {
    const char *name;
    enum view_type type;
    int64_t number;
    struct span text; /* valid during the call */
};
typedef void view_row_fn(void *ctx, const struct view_cell *cells, size_t count);

/* Whether a line is a tenant's now. */
typedef bool store_is_line_fn(const void *ctx, int32_t tenant, struct span line);

/* What has grown old. A turn looks at a few rows of one table, so that it never holds anybody up
 * for long, and the place tells where the next one goes on. */
enum { STORE_SWEEP_KEY_BYTES = 256 };
struct store_sweep_place {
    int step; /* 0 to begin; STORE_SWEEP_STEPS: all has been looked at */
    int32_t tenant;
    int64_t after;
    char key[STORE_SWEEP_KEY_BYTES];
    size_t key_bytes;
};
enum { STORE_SWEEP_STEPS = 13 };
struct store_sweep_ask {
    int64_t bodies_ms;   /* words and media of what was before are erased; 0: of nothing */
    int64_t metadata_ms; /* rows of what was before are deleted; 0: none */
    int max;             /* rows that a turn looks at */
};

/* A good roster document to be kept, with the tenant whose it is and his lines. */
struct store_roster {
    struct span slug, name, account, digest, document;
    const struct span *lines;
    size_t line_count;
    /* Filled. */
    int32_t tenant;
    int64_t version;
};

/* The table that each back end fills; struct store begins with a pointer to it. */
struct store_ops {
    void (*close)(struct store *store);
    const char *(*why)(const struct store *store);
    enum err (*load)(struct store *, struct facts *);
    enum err (*save)(struct store *, const struct facts *);
    enum err (*due)(struct store *, int64_t, size_t, struct timer *, size_t *, int64_t *);
    enum err (*senders)(struct store *, void (*)(void *, const struct store_sender *), void *);
    enum err (*ready)(struct store *, struct facts *, const struct store_sender *, int64_t, size_t,
                      struct outbox **, size_t *, int64_t *);
    enum err (*unsure)(struct store *, struct facts *, int64_t, size_t, struct outbox **, size_t *,
                       int64_t *);
    enum err (*spent)(struct store *, int32_t, void (*)(void *, const struct spent *), void *);
    enum err (*orphans)(struct store *, int64_t, struct id_maker *, size_t *);
    enum err (*tenant)(struct store *, struct span, struct span, struct span, int64_t, int32_t *);
    enum err (*roster_put)(struct store *, int32_t, bool, struct span, struct span, struct span,
                           int64_t, int64_t *);
    enum err (*rosters_put)(struct store *, struct store_roster *, size_t, int64_t);
    enum err (*line_since)(struct store *, int32_t, struct span, int64_t, int64_t *);
    enum err (*line_prune)(struct store *, store_is_line_fn *, const void *);
    enum err (*searched)(struct store *, struct span, int64_t *);
    enum err (*searched_put)(struct store *, struct span, int64_t);
    enum err (*roster_last)(struct store *, int32_t, struct arena *, struct span *, int64_t *);
    enum err (*last_id)(struct store *, int64_t *);
    enum err (*token_add)(struct store *, const struct token *);
    enum err (*token_find)(struct store *, const uint8_t *, int64_t, struct token *);
    enum err (*token_revoke)(struct store *, int32_t, int64_t, int64_t);
    enum err (*sweep)(struct store *, const struct store_sweep_ask *, struct store_sweep_place *,
                      size_t *);
    enum err (*view)(struct store *, enum view, const struct view_filter *, view_row_fn *, void *);
    enum err (*probe)(struct store *, int64_t);
};

struct store {
    const struct store_ops *ops;
};

#endif
