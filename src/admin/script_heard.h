/* admin/script_heard.h - a call script as its hearer has it: line by line, without a call.
 *
 * Pure. Threads: any.
 */
#ifndef ADMIN_SCRIPT_HEARD_H
#define ADMIN_SCRIPT_HEARD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/json.h"
#include "model/script.h"

enum { SCRIPT_HEARD_LINES = 200, SCRIPT_HEARD_BYTES = 256 << 10 };

struct script_heard {
    const struct script_node *verbs;
    const struct script_use *use;
    struct span step; /* what nextring does in its place: "[rings Ann, then Bob]" */
};

/* Members of an open object: `words`, a list of what is heard in order, and `twiml`, the document
 * with <Step/> where nextring's own part stands. ERR_FULL: too long to be shown; nothing was
 * written. */
MUST_USE enum err script_heard_out(struct arena *arena, const struct script_heard *heard,
                                   struct json_out *json);

#endif
