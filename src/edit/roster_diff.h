/* edit/roster_diff.h - what one roster document says otherwise than another, by paths that people
 * can read.
 *
 * Items of a list are matched by their id, name or number where each has one ("dispatchers[ann]
 * .phone"), else by being equal, else by their place ("fallback_chain[0].ring_seconds"). What only
 * stands elsewhere is said to be moved. What nextring publishes itself (`relay`) is left out.
 * Owns: all lives in the arena.
 * Threads: any.
 */
#ifndef EDIT_ROSTER_DIFF_H
#define EDIT_ROSTER_DIFF_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "codec/json.h"

enum { ROSTER_DIFF_MOST = 200, ROSTER_DIFF_VALUE_BYTES = 1000 };

enum roster_diff_kind {
    ROSTER_DIFF_CHANGED,
    ROSTER_DIFF_ADDED,   /* without before */
    ROSTER_DIFF_REMOVED, /* without after */
    ROSTER_DIFF_MOVED,   /* before, after: its places, from 1 */
    ROSTER_DIFF_KINDS
};
const char *roster_diff_kind_name(enum roster_diff_kind kind);

struct roster_diff_item {
    enum roster_diff_kind kind;
    const char *path;
    /* JSON; NULL data: nothing. A long value is a text that tells its size. */
    struct span before, after;
};

struct roster_diff {
    struct roster_diff_item list[ROSTER_DIFF_MOST];
    size_t count;
    size_t more; /* beyond the limit, not listed */
};

/* Text that is no JSON counts as null. */
void roster_diff(struct arena *arena, struct span before, struct span after,
                 struct roster_diff *out);
/* The list `key` of {path, change, before, after}, and the number `difference_more` of those that
 * are not in it, in the object that is open. */
void roster_diff_write(struct json_out *json, const char *key, const struct roster_diff *diff);

#endif
