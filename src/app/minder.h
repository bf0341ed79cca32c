/* app/minder.h - tells systemd how we are, and proves it: the store is asked for a commit every so
 * often.
 *
 * READY=1 is said once we listen and the first commit is proven. The watchdog is fed by a proven
 * commit alone: one of the store, asked for since the last time, that has come back through the
 * storage thread and the loop; or, while the store answers but refuses (a server that is away, a
 * full disk), one of this node's spool, which is what calls and texts are answered with meanwhile
 * (design, G5). A thread that hangs stops the feed, and so does a disk that takes neither: systemd
 * ends us, and tries anew. Until the first commit is proven there is no watchdog, and systemd is
 * asked for patience while the store refuses.
 * STATUS= is a line for `systemctl status`.
 * Source: docs/adr/0037-what-feeds-the-watchdog.md.
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
