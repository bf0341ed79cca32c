/* backup/pack.h - a file made smaller, and whole again: Zstandard with its own checksum, and the
 * SHA-256 of both sides taken on the way.
 *
 * Errors: ERR_FULL, the disk; ERR_BAD_INPUT, it is no such file, or damaged; ERR_BROKEN. `why`
 * names cause and mend.
 * Threads: any.
 * Source: RFC 8878; libzstd.
 */
#ifndef BACKUP_PACK_H
#define BACKUP_PACK_H

#include <stdint.h>

#include "base/err.h"
#include "codec/digest.h"

enum { PACK_WHY_SIZE = 256 };

struct pack_sum {
    int64_t bytes;
    uint8_t hash[DIGEST_SHA256_BYTES];
};

/* Told of the bytes read so far; NULL: nobody is. */
typedef void pack_progress_fn(void *ctx, int64_t bytes);

struct pack_ask {
    const char *from, *to; /* `to` is made, readable by its owner alone; NULL: nothing is written */
    pack_progress_fn *progress;
    void *ctx;
};

/* *whole is what is read, *packed what is written, and on disk when it returns. */
MUST_USE enum err pack_write(const struct pack_ask *ask, struct pack_sum *whole,
                             struct pack_sum *packed, char why[PACK_WHY_SIZE]);
/* *packed is what is read, *whole what is written. */
MUST_USE enum err pack_read(const struct pack_ask *ask, struct pack_sum *packed,
                            struct pack_sum *whole, char why[PACK_WHY_SIZE]);

#endif
