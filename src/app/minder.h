/* app/minder.h - tells systemd how we are, and proves it: the store is asked for a commit every so
 * often.
 *
 * READY=1 is said once we listen and the first commit is proven. The watchdog is fed when a commit
 * asked for since the last time has come back through the storage thread and the loop: a thread
 * that hangs stops the feed, and systemd ends us, which a new process mends. A store that answers
 * but refuses (a server that is away, a full disk) does not stop it: no restart mends that, and
 * only this process still knows the rosters by which calls are answered meanwhile (design, G5).
 * Until the first commit is proven, systemd is asked for patience for the same reason.
 * STATUS= is a line for `systemctl status`.
 * Owns: a turn of the loop.
 * Threads: loop thread only.
 */
#ifndef APP_MINDER_H
#define APP_MINDER_H

#include <stdbool.h>

#include "engine/engine.h"
#include "net/loop.h"
#include "service/helper.h"

struct minder;

struct minder_options {
    struct loop *loop;
    struct engine *engine;
    const struct helper *helper; /* may be NULL */
    bool wants_proof;            /* somebody besides systemd asks minder_is_proven */
};

/* Does nothing when neither systemd listens nor proof is wanted. */
struct minder *minder_open(const struct minder_options *options);
void minder_close(struct minder **minder);

/* A reload begins, and is over. */
void minder_reloading(struct minder *minder);
void minder_reloaded(struct minder *minder);
/* The end begins. */
void minder_stopping(struct minder *minder);

/* Whether the store has committed something lately: within twice the time between two proofs. */
bool minder_is_proven(const struct minder *minder);

#endif
