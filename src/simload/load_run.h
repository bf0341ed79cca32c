/* simload/load_run.h - sends requests over kept connections and judges every answer.
 *
 * Closed loop: a connection sends its next request when the answer to the one before has come.
 * Open loop: requests are due at instants that the server has no say in, and a time is counted
 * from when a request was due, so that a server that stands still is charged for all that it
 * held up. What was due is sent, late if need be, or counted as unsent.
 * Owns: its connections, during the call.
 * Threads: one at a time.
 */
#ifndef SIMLOAD_LOAD_RUN_H
#define SIMLOAD_LOAD_RUN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "simload/load_request.h"
#include "simload/load_stats.h"

enum { LOAD_RUN_CONNECTIONS_MAX = 20000, LOAD_RUN_CODES = 600 };

struct load_run_plan {
    struct sockaddr_storage to;
    socklen_t to_size;
    int connections;     /* 1 to LOAD_RUN_CONNECTIONS_MAX */
    double seconds;      /* when it ends, unless `count` comes first; the warm-up is not in it */
    double warm_seconds; /* before that, sent and not counted */
    uint64_t first;      /* number of the first request */
    uint64_t count;      /* requests; 0: as many as the time allows */
    double per_second;   /* 0: closed loop */
    bool at_random;      /* open loop: at random instants (Poisson), else at even ones */
    int64_t patience_ms; /* for an answer, and at the end for all that is under way */
    int status;          /* that every answer must have; 0: any from 200 to 299 */
    const char *expect;  /* text that every answer must hold in its first 8 KiB */
    FILE *log;           /* when each request was sent, in microseconds; may be NULL */
};

enum load_fault {
    LOAD_REFUSED,   /* no connection came about */
    LOAD_CUT,       /* the connection ended before the answer had come */
    LOAD_MALFORMED, /* no HTTP */
    LOAD_STATUS,    /* another status than wanted */
    LOAD_CONTENT,   /* the text that it must hold is not there */
    LOAD_LATE,      /* no answer within the patience */
    LOAD_UNSENT,    /* due, and no connection was free until the end */
    LOAD_FAULTS
};

/* "refused", "cut", ... */
const char *load_fault_name(enum load_fault fault);

struct load_run_result {
    uint64_t good, sent; /* good: answers as they should be, after the warm-up */
    uint64_t faults[LOAD_FAULTS];
    uint64_t codes[LOAD_RUN_CODES]; /* answers by status */
    double seconds;                 /* from the end of the warm-up to the last answer */
    struct load_stats times;        /* from when a request was due */
    struct load_stats service;      /* from when it was sent: what a closed loop would see */
};

uint64_t load_run_bad(const struct load_run_result *result);

void load_run(const struct load_run_plan *plan, struct load_request *request,
              struct load_run_result *out);

/* Opens the plan's connections, sends one request on each and keeps them for `seconds`. Returns
 * how many were answered and are still open. */
int load_run_idle(const struct load_run_plan *plan, struct load_request *request);

#endif
