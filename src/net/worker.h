/* net/worker.h - a thread for what would hold up the loop: one job after the other, in order.
 *
 * A job is taken on the loop thread, run on the worker's, and handed back on the loop thread at
 * the end of a turn. What it works with is nobody else's in between.
 * Owns: the thread; a job's memory stays the caller's and must live until it is handed back, or
 * until worker_close has returned.
 * Errors: ERR_BUSY, too many are not handed back yet: nothing was taken, tell the peer to come
 * again.
 * Threads: loop thread only, but for `run`.
 */
#ifndef NET_WORKER_H
#define NET_WORKER_H

#include <stddef.h>

#include "base/err.h"
#include "net/loop.h"

struct worker;

struct worker_job {
    void (*run)(struct worker_job *job);  /* on the worker's thread */
    void (*done)(struct worker_job *job); /* on the loop thread; may put jobs */
    void *user;                           /* the caller's own */
    struct worker_job *next;              /* the worker's */
};

/* At most `max` jobs are taken and not handed back. */
struct worker *worker_open(struct loop *loop, size_t max);
/* Ends the job under way; the others are neither run nor handed back. */
void worker_close(struct worker **worker);
MUST_USE enum err worker_put(struct worker *worker, struct worker_job *job);
/* Jobs that are taken and not handed back. */
size_t worker_waiting(const struct worker *worker);

#endif
