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
#include "sql/store_node.h"
#include "sql/store_report.h"
#include "sql/store_tenant.h"
#include "sql/store_view.h"

struct store;

enum { STORE_SCHEMA = 8, STORE_WHY_SIZE = 256 };

/* A sender with queued outbox rows. */
struct store_sender {
    int32_t tenant;
    char from[LIMIT_NUMBER_SIZE];
    enum outbox_kind kind;
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
enum { STORE_SWEEP_STEPS = 14 };
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
    /* Filled. */
    int32_t tenant;
    int64_t version;
};

/* What is due of all tenants but some. */
enum { STORE_BUT_MAX = 8 };
struct store_due_ask {
    int64_t from_ms, until_ms; /* both inclusive */
    const int32_t *but;        /* these are left out, at most STORE_BUT_MAX */
    size_t but_count;
    size_t max;
};

/* The table that each back end fills; struct store begins with a pointer to it. */
struct store_ops {
    enum err (*open_reader)(const struct store *, struct store **, char *);
    void (*close)(struct store *store);
    void (*allow)(struct store *, int64_t);
    const char *(*why)(const struct store *store);
    enum err (*hold)(struct store *, const int32_t *, size_t, int64_t);
    void (*drop)(struct store *);
    bool (*is_again)(const struct store *);
    enum err (*load)(struct store *, struct facts *);
    enum err (*save)(struct store *, const struct facts *);
    enum err (*due)(struct store *, int64_t, size_t, struct timer *, size_t *, int64_t *);
    enum err (*due_others)(struct store *, const struct store_due_ask *, struct timer *, size_t *,
                           int64_t *);
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
    enum err (*line_since)(struct store *, int32_t, struct span, int64_t *);
    enum err (*line_live)(struct store *, int32_t, struct span, int64_t);
    enum err (*line_leave)(struct store *, int32_t, struct span);
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
    enum err (*tenants)(struct store *, const struct store_tenants *);
    enum err (*tenant_add)(struct store *, struct tenant *, int64_t);
    enum err (*tenant_change)(struct store *, int32_t, const struct store_tenant_change *, int64_t);
    enum err (*secrets_put)(struct store *, const struct tenant_sealed *, size_t, int64_t);
    enum err (*secrets_reseal)(struct store *, const struct tenant_sealed *, size_t);
    enum err (*report_only)(struct store *, const struct report_only *);
    enum err (*belongings)(struct store *, struct store_belongings *, view_row_fn *, void *);
    enum err (*belongings_drop)(struct store *, int32_t, int, int *, int64_t *);
    enum err (*recordings_end)(struct store *, struct store_recordings *, int64_t);
    enum err (*scan)(struct store *, const struct tenant *, store_trace_fn *, void *);
    enum err (*join)(struct store *, const struct store_self *);
    enum err (*beat)(struct store *, const struct store_beat *, struct store_pulse *);
    enum err (*leave)(struct store *);
    enum err (*chore)(struct store *, struct span, int64_t, int64_t, bool *);
    enum err (*topics)(struct store *, int64_t *);
    enum err (*shared)(struct store *, const char *, uint8_t *);
    enum err (*totals)(struct store *, struct store_totals *,
                       void (*)(void *, const struct spent *), void *);
    enum err (*versions)(struct store *, store_version_fn *, void *);
    enum err (*changes)(struct store *, const struct store_pulse *, struct store_heard *,
                        store_change_fn *, void *);
};

/* Hears what has been saved. */
typedef void store_watch_fn(void *ctx, const struct facts *facts);

struct store {
    const struct store_ops *ops;
    store_watch_fn *watch; /* NULL: nobody */
    void *watch_ctx;
    bool is_shared; /* other programs may write it too */
    bool is_heard;  /* ... and some lived at the last beat: what changes is told them */
    /* Since store_join: this node, and its incarnation; a batch of another one is refused. */
    int node;
    int64_t incarnation;
};

#endif
