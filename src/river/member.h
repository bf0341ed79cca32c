/* river/member.h - this node among those that share the database, on the storage thread: it joins,
 * beats, and takes over what the dead were sending.
 *
 * Who is alone has a lease for ever, and none of it costs anything.
 * Owns: nothing.
 * Threads: the storage thread, or whoever has the apply while that sleeps; member_has_lease any.
 * Source: docs/adr/0029-leases-and-chores.md.
 */
#ifndef RIVER_MEMBER_H
#define RIVER_MEMBER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "store/store.h"
#include "store/store_nodes.h"

struct member {
    /* Filled by the owner. */
    struct store_self self;
    uint8_t *callback_key; /* replaced by the one that all nodes use */

    bool has_joined;
    _Atomic bool is_superseded; /* another program has joined with our key: this one must end */
    _Atomic bool is_draining;
    int64_t unbroken_ns; /* since when the lease has not been over, by CLOCK_BOOTTIME; 0: it has */
    int64_t swept_ns;    /* when the dead were last looked for */
    int64_t told[2];     /* ids made half a minute ago, and as long before that */
    int64_t told_ns;
    struct store_pulse pulse; /* of the last beat */
    int64_t at_ms, at_ns;     /* the database's time in the last one that succeeded, and ours */
    uint64_t living_mark;     /* which incarnations lived then */
    uint64_t rejoined, taken_over;
    _Atomic int64_t until_ns; /* the lease lasts until then, by CLOCK_BOOTTIME */
};

/* Before anything else is asked of the store: takes a number, and puts it into `ids`. Does nothing
 * the second time. */
MUST_USE enum err member_join(struct member *member, struct store *store, struct id_maker *ids);
/* Prolongs the lease, or joins anew when it was lost. What the dead were sending is unsure from now
 * on. *out_changed: others live than before. ERR_BUSY: the database is away. */
MUST_USE enum err member_beat(struct member *member, struct store *store, struct id_maker *ids,
                              int64_t now_ms, bool *out_changed);
/* At the end, when nothing is written any more: the others take over what is left at once. `store`
 * may be NULL: it was never opened. */
void member_leave(struct member *member, struct store *store);
/* Where nobody else may have taken over what this node claimed. */
bool member_has_lease(const struct member *member);
/* Real milliseconds until the next beat: earlier when somebody's lease is about to end. */
int64_t member_rest_ms(const struct member *member);

#endif
