/* river/due.h - the timers that join a batch: the earliest, and where one tenant has very many,
 * the others' beside his.
 *
 * While the earliest fill what a batch takes and a tenant has more than his part of them (he is
 * one of the crowd), the others' timers are looked for behind his: each row of his is passed over
 * about once a second, however many batches it takes to work them off.
 * Owns: nothing; zero-initialised is ready.
 * Threads: the storage thread only.
 */
#ifndef RIVER_DUE_H
#define RIVER_DUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rows.h"
#include "store/store.h"

/* A batch's: enough to share a commit, few enough that events beside them do not wait for long. */
enum { DUE_MAX = 128, DUE_CROWD_MAX = 4 };

struct due {
    int32_t crowd[DUE_CROWD_MAX]; /* in no order */
    size_t crowd_count;
    int64_t seen_ms;  /* of the others, none was due before */
    int64_t fresh_ms; /* when that was last looked at from the start */
};

/* Timers due at `until_ms`, at most DUE_MAX; *out_next_ms as store_due gives it. Failed: as
 * before. */
MUST_USE enum err due_take(struct due *due, struct store *store, int64_t until_ms,
                           struct timer out[DUE_MAX], size_t *out_count, int64_t *out_next_ms);
/* A timer is added that is due then, or one that was taken stays after all. */
void due_note(struct due *due, int64_t due_ms);
/* What was taken is not done: the batch has failed. */
void due_forget(struct due *due);

#endif
