/* backup/parts.h - a file goes to S3 in parts, and comes from it in pieces.
 *
 * One part is in memory at a time. A part that does not get through is sent again; if one cannot be
 * sent at all, what has been sent is given up, so that nobody pays for it. What a program that was
 * killed has left behind is given up by the next one, half a day later.
 * Owns: nothing.
 * Errors: as bucket.h; ERR_FULL, the disk, or more than S3 takes; ERR_BROKEN, the file.
 * Threads: one; waits.
 * Source: Amazon S3, "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload",
 * "AbortMultipartUpload", "ListMultipartUploads", "GetObject" (Range).
 */
#ifndef BACKUP_PARTS_H
#define BACKUP_PARTS_H

#include <stdint.h>

#include "backup/bucket.h"
#include "backup/bucket_keys.h"
#include "base/span.h"

/* A file beyond this goes in parts of at least this size; S3 takes 10,000 of them, of 5 MiB up. */
enum { PARTS_BYTES = 8 << 20 };

struct parts {
    struct bucket_keys *keys;
    const char *address; /* s3://BUCKET/KEY */
    const char *path;    /* of the file */
};

MUST_USE enum err parts_put(const struct parts *parts, int64_t bytes, char why[BUCKET_WHY_SIZE]);
/* Into a file that is made; after an error it is gone. */
MUST_USE enum err parts_get(const struct parts *parts, char why[BUCKET_WHY_SIZE]);
/* Gives up what was begun before `before_ms` in `bucket` ("s3://BUCKET/") under a key that begins
 * with `prefix`, and has never come to its end; *out_count of them. */
MUST_USE enum err parts_give_up(struct bucket_keys *keys, const char *bucket, struct span prefix,
                                int64_t before_ms, int *out_count, char why[BUCKET_WHY_SIZE]);

#endif
