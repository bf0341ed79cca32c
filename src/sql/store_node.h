/* sql/store_node.h - the programs that share a database: who lives, and what they tell one
 * another.
 *
 * Each has a number, which stands in the ids that it makes, and an incarnation: another one at each
 * start and each time that its lease was over. What was begun under an incarnation that lives no
 * more is taken over by the others. A lease is a matter of real time, in a rehearsal too: it goes
 * by the database's clock there and by CLOCK_BOOTTIME here, which goes on while a process is
 * stopped.
 */
#ifndef SQL_STORE_NODE_H
#define SQL_STORE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STORE_NODES = 63, /* numbers 0 to 62 */
    STORE_NODE_KEY_SIZE = 33,
    STORE_NODE_TEXT_SIZE = 64,
    STORE_LEASE_MS = 4000, /* from one beat on */
    STORE_LEAP_MS = 1000,  /* more than two beats can be wrong about one clock by */
    STORE_CHORE_SIZE = 96,
};

/* Who joins: the key is the state folder's, so that whoever comes back gets his number again. */
struct store_self {
    char key[STORE_NODE_KEY_SIZE];
    char name[STORE_NODE_TEXT_SIZE], version[STORE_NODE_TEXT_SIZE];
};

/* Instants by the database's clock; 0: not. */
struct store_node {
    int number;
    int64_t incarnation;
    char name[STORE_NODE_TEXT_SIZE], version[STORE_NODE_TEXT_SIZE];
    int schema; /* that its program was made for */
    int64_t started_ms, seen_ms, until_ms, gone_ms;
    bool is_draining; /* it ends, or has ended in good order */
};

struct store_beat {
    bool is_draining;
    bool judges;  /* whoever has let his lease run out is marked as gone */
    int64_t told; /* what was told before this id is forgotten; 0: nothing */
    /* Of the pulse before; 0: there was none. Where the database's clock has leapt since, as it was
     * set, or another server's has taken its place, nobody is judged: all leases seem over. */
    int64_t at_ms, at_ns;
};
/* What it has learnt. */
struct store_pulse {
    int64_t at_ms; /* the database's time when it was asked; 0: it has none of its own */
    int64_t at_ns; /* ... by CLOCK_BOOTTIME, which may be wrong by: */
    int64_t off_ns;
    bool has_leapt;                       /* its clock, since the pulse before */
    int64_t until_ns;                     /* the lease lasts until then, by CLOCK_BOOTTIME */
    struct store_node nodes[STORE_NODES]; /* the gone ones too, by number */
    size_t count, living;                 /* living: of them, this one included */
};

/* What is kept in memory and must be read anew when somebody has changed it: a counter each. */
enum store_topic {
    STORE_TOPIC_ROSTERS,
    STORE_TOPIC_TENANTS, /* their terms and secrets */
    STORE_TOPIC_RIGHTS,  /* tokens, users, sessions */
    STORE_TOPICS
};

/* A look through the tenants for what they have spent, a page of them at a time. */
struct store_totals {
    int32_t since_day;
    int max;       /* tenants of a page */
    int32_t after; /* the last tenant that was looked at; 0: from the first one on */
    bool is_done;  /* filled: that was the last page, and the next look begins anew */
};

/* A roster that is in force. */
typedef void store_version_fn(void *ctx, int32_t tenant, int64_t version);

/* A row that has been committed: for whoever shows it as it happens. */
enum store_change_kind {
    STORE_CHANGE_EVENT, /* rows of the log; the id is that of the latest */
    STORE_CHANGE_THREAD,
    STORE_CHANGE_RELAY,
    STORE_CHANGE_CALL,
    STORE_CHANGE_JOB,
    STORE_CHANGE_MESSAGE,
    STORE_CHANGES
};
struct store_change {
    int32_t tenant;
    enum store_change_kind kind;
    int64_t id;
    int64_t at; /* of another node: no id that it made later is below it */
};
/* Up to where each node has been heard; all 0 at the start. */
struct store_heard {
    int64_t up_to[STORE_NODES];
};
typedef void store_change_fn(void *ctx, const struct store_change *change);

#endif
