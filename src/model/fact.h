/* model/fact.h - what the working set of a batch is made of; facts.h says what is done with it.
 *
 * A fact is one thing that was asked of the store, under one key, and what came of it.
 * Owns: nothing; rows live in the set's arena until it is reset.
 * Threads: one at a time (the storage thread).
 */
#ifndef MODEL_FACT_H
#define MODEL_FACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "model/job.h"
#include "model/rows.h"

enum fact_kind {
    FACT_CLAIM,         /* by tenant + key */
    FACT_THREAD,        /* by tenant + line + customer, or by tenant + id */
    FACT_RELAY,         /* by tenant + id */
    FACT_CASCADE,       /* by tenant + id, or by tenant + call_sid */
    FACT_MESSAGE,       /* by tenant + id, or (of ours alone) by tenant + sid */
    FACT_OUTBOX,        /* by tenant + id */
    FACT_LINK,          /* by hash (tenant unknown before) */
    FACT_DESK,          /* by tenant + operator: all his tags, latest sent first */
    FACT_DUTIES,        /* by tenant: what its operators said of themselves */
    FACT_CONSENT,       /* by tenant + line + person */
    FACT_QUESTION,      /* by tenant + operator */
    FACT_IDLE,          /* by tenant: its idle relays, oldest first, at most LIMIT_IDLE */
    FACT_PARTY,         /* by tenant + number; a thread's customer comes along with it */
    FACT_LIVE,          /* by tenant + caller, or by tenant: its calls that ring, oldest first */
    FACT_WAITING,       /* by tenant + line: of its calls that still wait for an answer, the last */
    FACT_JOB,           /* by tenant + job_id, or by tenant + id; a thread's comes along */
    FACT_CUSTOMER_JOBS, /* by tenant + number: the active jobs of a customer, latest first */
    FACT_CREW_JOBS,     /* ... of whose crew he is */
    FACT_BURDEN,        /* by tenant + operator: how many open threads he owns */
    FACT_KINDS
};

enum fact_state { FACT_WANTED, FACT_ABSENT, FACT_PRESENT };

struct desk {
    char operator_id[LIMIT_SLUG_SIZE];
    struct tag *tags; /* latest sent first as loaded; new ones at the end */
    size_t count, room;
};

struct duties {
    struct duty *rows; /* at most one an operator */
    size_t count, room;
};

struct idle {
    int64_t *relays; /* ids */
    size_t count, room;
};

struct live {
    int64_t *cascades; /* ids, at most LIMIT_LIVE as loaded; new ones at the end */
    size_t count, room;
};

/* Who has claimed a key, and what a request that may come again was answered; empty for others. */
struct claim_fact {
    int64_t event;
    struct span answer;
};

struct fact {
    struct fact *next; /* of all, in the order of wanting */
    struct fact *in_bucket;
    struct fact *same; /* the fact that holds the row, when it was found by another key */
    enum fact_kind kind;
    enum fact_state state;
    bool fresh; /* to be inserted */
    bool dirty; /* to be updated */
    int32_t tenant;
    int64_t id;      /* key, or 0 */
    struct span key; /* claim key, sid, hash, operator, or "line person" */
    union {
        void *row; /* whichever it is, but a claim */
        struct thread *thread;
        struct relay *relay;
        struct cascade *cascade;
        struct message *message;
        struct outbox *outbox;
        struct link *link;
        struct desk *desk;
        struct duties *duties;
        struct consent *consent;
        struct question *question;
        struct idle *idle;
        struct live *live;
        int64_t *waiting; /* the relay's id */
        struct job *job;
        struct job_list *jobs;
        int64_t *burden;
        struct party *party;
        struct claim_fact claim;
    };
};

/* Rows that are only ever added, in order. */
struct appended {
    struct appended *next;
    enum {
        APPEND_EVENT,
        APPEND_CALL_EVENT,
        APPEND_TIMER,
        APPEND_TAG,
        APPEND_DUTY,
        APPEND_SPENT
    } kind;
    union {
        struct event_row event;
        struct call_event call_event;
        struct timer timer; /* `gone`: a deletion */
        struct tag tag;     /* put: replaces the row with the same tenant, operator and tag */
        struct duty duty;   /* put: replaces the row of the same tenant and operator */
        struct spent spent; /* added to what is there */
    };
    struct appended *spent_before; /* of an APPEND_SPENT */
};

enum { FACT_BUCKETS = 512 };

struct facts {
    struct arena *arena;
    struct id_maker *ids;
    int64_t now_ms;
    struct fact *first, **last;
    struct fact **unread; /* where those begin that the store has not been asked for */
    struct appended *added, **added_last;
    struct appended *spent; /* the latest of its kind */
    bool short_of;          /* something is wanted that the store has not been asked for */
    struct fact *buckets[FACT_BUCKETS];
};

#endif
