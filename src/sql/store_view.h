/* sql/store_view.h - what can be listed of a store, and how a list is asked for. */
#ifndef SQL_STORE_VIEW_H
#define SQL_STORE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

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
    VIEW_ALARMS,      /* events that are alarms, of every tenant, whatever the filter's; oldest
                         first */
    VIEW_FIGURES,     /* one row, of every tenant, whatever the filter's: what waits, since when;
                         outbox_queued ends at 10,000 */
    VIEW_QUEUES, /* of every sender and class the queued row that is due first, of every tenant;
                    earliest first, each in one step, however long its queue */
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

#endif
