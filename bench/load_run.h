/* bench/load_run.h - sends requests over kept connections and judges every answer.
 *
 * Closed loop: a connection sends its next request when the answer to the one before has come.
 * Open loop: requests are due at fixed times, and a time is counted from when a request was due,
 * so that a server that stands still is charged for all that it held up.
 * Owns: its connections, during the call.
 * Threads: one at a time.
 */
#ifndef BENCH_LOAD_RUN_H
#define BENCH_LOAD_RUN_H

#include <stdint.h>
#include <stdio.h>

#include "load_request.h"
#include "load_stats.h"

struct load_run_plan {
    int port; /* at 127.0.0.1: load goes nowhere else */
    int connections;
    double seconds;     /* when it ends, unless `count` comes first */
    uint64_t count;     /* requests; 0: as many as the time allows */
    double per_second;  /* 0: closed loop */
    int status;         /* that every answer must have */
    const char *expect; /* text that every answer must hold */
    FILE *log;          /* when each request was sent, in microseconds; may be NULL */
};

struct load_run_result {
    uint64_t good, bad;  /* answers that were and were not as they should be */
    uint64_t broken;     /* connections that ended before their answer had come */
    uint64_t unanswered; /* requests that nothing had come for 10 s after the end */
    double seconds;
    struct load_stats times;
};

void load_run(const struct load_run_plan *plan, struct load_request *request,
              struct load_run_result *out);

/* Opens the plan's connections, sends one request on each and keeps them for `seconds`. Returns
 * how many were answered and are still open. */
int load_run_idle(const struct load_run_plan *plan, struct load_request *request);

#endif
