/* sql/backend.h - what a back end of the store is: one table of functions, and what they speak
 * of.
 *
 * Programs include store/store.h, which tells what each function does; the back ends include
 * this one alone.
 */
#ifndef SQL_BACKEND_H
#define SQL_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/facts.h"
#include "model/rows.h"
#include "model/user.h"
#include "sql/store_report.h"

struct store;

enum { STORE_SCHEMA = 6, STORE_WHY_SIZE = 256 };

/* A sender with queued outbox rows. */
struct store_sender {
    int32_t tenant;
    char from[LIMIT_NUMBER_SIZE];
    enum outbox_kind kind;
};

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
    VIEW_LOG,          /* the same with salts and hashes, which are bytes: for the chain */
    VIEW_THREAD_LOG,   /* events of filter.thread */
    VIEW_OUTBOX,
    VIEW_TIMERS,
    VIEW_TOKENS,
    VIEW_ROSTERS,
    VIEW_ROSTER_TEXT, /* the same with the document; for one of them */
    VIEW_DUTIES,      /* what operators said of themselves */
    VIEW_CONSENTS,    /* what people told the carrier; states are "out" and "in" */
    VIEW_JOBS,        /* latest first; filter.sid: a customer's number, filter.job: the job_id,
                         filter.operator_id */
    VIEW_USERS,       /* without what they sign in with; tenant 0: of every tenant */
    VIEW_JOB_LOG,     /* of the job filter.id, oldest first: what happened, texts, calls */
    VIEW_INBOX,       /* threads by last activity, latest first: the cursor is after_ms and after;
                         state "waiting": somebody must answer; line, operator_id (the owner), match */
    VIEW_TIMELINE,    /* of filter.thread, latest first: id, type and instant of each message, call,
                         event worth a line and move of its jobs */
    VIEW_DELIVERIES,  /* texts that we sent, and what became of them */
    VIEW_COUNTS,      /* one row: what is open now, and the log's latest id */
    VIEW_JOB_COUNTS,  /* jobs by state */
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
    struct span line;        /* empty: any */
    int64_t after_ms;        /* the cursor's first part, of a view that goes by an instant */
    int64_t since, until;    /* ids: from `since` on, and below `until`; 0: no bound */
    struct span kind;        /* an event's; with a dot at its end: all that begin so */
    bool alarms;             /* events that are alarms alone */
    /* Words to be found: a LIKE pattern with '\\' as escape; `digits`: one for numbers. */
    struct span match, digits;
    int limit; /* 1 to 1000 */
};
enum view_type { VIEW_NULL, VIEW_NUMBER, VIEW_TEXT };
struct view_cell {
    const char *name;
    enum view_type type;
    int64_t number;
    struct span text; /* valid during the call */
};
typedef void view_row_fn(void *ctx, const struct view_cell *cells, size_t count);
struct view_ask {
    enum view view;
    struct view_filter filter;
    view_row_fn *fn;
    void *ctx;
};

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

/* How far a tenant's log reaches. */
struct store_log_place {
    int64_t last;      /* id of its latest row, or of the latest that went; 0: it never had any */
    int64_t gone;      /* id of the latest row that has been deleted; 0: none */
    int64_t behind;    /* rows after the one that was asked about, as far as they were counted */
    bool has_chain;    /* ... the latest row up to that one has a hash: */
    uint8_t chain[32]; /* that one */
};

/* A good roster document to be kept, with the tenant whose it is and his lines. */
struct store_roster {
    struct span slug, name, account, digest, document;
    struct span made_by, note; /* who edited it here, and what for; empty: it was read */
    const struct span *lines;
    size_t line_count;
    /* Filled. */
    int32_t tenant;
    int64_t version;
};

/* The table that each back end fills; struct store begins with a pointer to it. */
struct store_ops {
    enum err (*open_reader)(const struct store *, struct store **, char *);
    void (*close)(struct store *store);
    void (*allow)(struct store *, int64_t);
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
    enum err (*user_add)(struct store *, const struct user *);
    enum err (*user_get)(struct store *, int64_t, struct user *);
    enum err (*user_find)(struct store *, struct span, struct user *);
    enum err (*user_by_setup)(struct store *, const uint8_t *, struct user *);
    enum err (*user_put)(struct store *, const struct user *, int64_t, const uint8_t *);
    enum err (*user_drop)(struct store *, int64_t, int64_t);
    enum err (*session_add)(struct store *, const struct session *);
    enum err (*session_find)(struct store *, const uint8_t *, int64_t, struct session *,
                             struct user *);
    enum err (*session_drop)(struct store *, const uint8_t *);
    enum err (*sweep)(struct store *, const struct store_sweep_ask *, struct store_sweep_place *,
                      size_t *);
    enum err (*report)(struct store *, const struct store_report_ask *,
                       const struct store_report_reader *);
    enum err (*view)(struct store *, const struct view_ask *, size_t);
    enum err (*log_place)(struct store *, int32_t, int64_t, int, struct store_log_place *);
    enum err (*probe)(struct store *, int64_t);
};

/* Hears what has been saved. */
typedef void store_watch_fn(void *ctx, const struct facts *facts);

struct store {
    const struct store_ops *ops;
    store_watch_fn *watch; /* NULL: nobody */
    void *watch_ctx;
};

#endif
