/* provider/callback.h - the address at which the carrier tells what became of a row of ours.
 *
 * It names the row (`m`) and carries a keyed hash of that name (`k`), so that a receipt finds
 * its row before the carrier's answer has told us a SID, and nobody can point it elsewhere.
 * Threads: any. Pure.
 * Source: design section 7, G4.
 */
#ifndef PROVIDER_CALLBACK_H
#define PROVIDER_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum {
    CALLBACK_KEY_BYTES = 32,
    CALLBACK_MARK_SIZE = 17, /* 16 hexadecimal digits and a NUL */
};

struct callback {
    struct span public_url; /* without a slash at the end */
    const uint8_t *key;     /* CALLBACK_KEY_BYTES */
};

/* `path` is "/sms/status"; the address lives in the arena. */
struct span callback_url(struct arena *arena, const struct callback *c, const char *path,
                         int64_t id);

/* True when `k` is our hash of `m`; then *out_id is the row. */
bool callback_check(const struct callback *c, struct span m, struct span k, int64_t *out_id);

#endif
