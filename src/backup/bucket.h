/* backup/bucket.h - one request to S3, tried again while there is hope.
 *
 * What S3 has not answered, or is too busy for, is asked again some times, a little later each
 * time; what it has refused is not.
 * Owns: nothing; texts live in the arena.
 * Errors: ERR_NOT_FOUND, it is not there; ERR_CONFLICT, somebody else has put it; ERR_DENIED, it
 * is refused; ERR_BUSY, no answer came. `why` names cause and mend.
 * Threads: one; waits.
 * Source: Amazon S3, "Error responses", "Best practices: retries".
 */
#ifndef BACKUP_BUCKET_H
#define BACKUP_BUCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "source/address.h"

enum { BUCKET_WHY_SIZE = 512 };

struct bucket_answer {
    struct span text, etag;
    int status;     /* of HTTP; 0: none came */
    bool is_unsure; /* a try before the last had no answer, and may have been heard */
};
/* The answer's text has at most `bytes_max`. *out is filled after an error, too. */
MUST_USE enum err bucket_ask(struct arena *arena, const struct address_ask *ask, size_t bytes_max,
                             struct bucket_answer *out, char why[BUCKET_WHY_SIZE]);

#endif
