/* net/loop.h - the event loop: descriptors, wake-ups from other threads, one hook a turn.
 *
 * A turn: wait, call what is ready, then call the turn hooks in the order they were added.
 * What is collected during a turn (webhooks to store, requests to send) is handed over there,
 * once. Waiting is bounded by the nearest of the hooks' wishes.
 * Owns: its epoll and event descriptors; watched descriptors stay the caller's.
 * Threads: loop thread only, but for loop_wake and loop_stop (any, also signal handlers).
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_BROKEN = 4 };

typedef void loop_ready_fn(void *ctx, int fd, unsigned events);
/* Called once at the end of each turn. Returns in how many real milliseconds it wants to be
 * called again at the latest; -1: only when something happens. */
typedef int64_t loop_turn_fn(void *ctx);

MUST_USE enum err loop_open(struct loop **out);
void loop_close(struct loop **loop);

/* Watches `fd` for `events`; calling again for the same fd changes events and function.
 * ERR_BROKEN when the system refuses. */
MUST_USE enum err loop_watch(struct loop *loop, int fd, unsigned events, loop_ready_fn *fn,
                             void *ctx);
/* Forgets `fd`; harmless when it is not watched. Call before closing it. */
void loop_forget(struct loop *loop, int fd);

void loop_add_turn(struct loop *loop, loop_turn_fn *fn, void *ctx);
/* Takes the hook out again; harmless when it is not there. */
void loop_drop_turn(struct loop *loop, loop_turn_fn *fn, void *ctx);

/* Runs turns until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* Makes a waiting loop take a turn now; several before it wakes count once. */
void loop_wake(struct loop *loop);

#endif
