/* backup/place.h - where backups are kept: a folder, or s3://BUCKET/PREFIX.
 *
 * What is put there is whole or not there: a folder gets it under its name once it is on disk, and
 * S3 checks the hash of each part.
 * Owns: nothing; texts live in the arena.
 * Errors: ERR_NOT_FOUND, it is not there; ERR_FULL, the disk, or more than S3 takes at once; others
 * as they come. `why` names cause and mend.
 * Threads: one.
 * Source: Amazon S3, "PutObject", "ListObjectsV2", "DeleteObject".
 */
#ifndef BACKUP_PLACE_H
#define BACKUP_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backup/bucket_keys.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/settings.h"

enum { PLACE_WHY_SIZE = 512 };

struct place {
    struct arena *arena;
    const char *where; /* without a slash at the end */
    bool is_s3;
    struct bucket_keys *keys; /* S3's */
};

/* A folder that is not there is made. */
MUST_USE enum err place_open(struct arena *arena, const struct settings *settings,
                             const char *where, struct place *out, char why[PLACE_WHY_SIZE]);
/* The path of a file that is to be put there as `name`: written where place_put need not copy it.
 */
const char *place_draft(const struct place *place, const char *folder, const char *name);
/* Puts the file that was written there, which is on disk, in its place; the draft is gone then. */
MUST_USE enum err place_put(const struct place *place, const char *draft, const char *name,
                            char why[PLACE_WHY_SIZE]);
MUST_USE enum err place_put_text(const struct place *place, struct span text, const char *name,
                                 char why[PLACE_WHY_SIZE]);
MUST_USE enum err place_get_text(const struct place *place, const char *name, struct span *out,
                                 char why[PLACE_WHY_SIZE]);
/* A path at which the file can be read: its own, or `draft`, to which it has been copied. */
MUST_USE enum err place_get(const struct place *place, const char *name, const char *draft,
                            const char **out_path, char why[PLACE_WHY_SIZE]);
MUST_USE enum err place_drop(const struct place *place, const char *name, char why[PLACE_WHY_SIZE]);
/* The names that begin with `prefix`, ascending. */
MUST_USE enum err place_list(const struct place *place, const char *prefix, struct span **out,
                             size_t *out_count, char why[PLACE_WHY_SIZE]);

/* Gives up what backups that were killed half a day ago or before have left there; returns how many
 * there were. Complains on stderr when it cannot look. */
int place_tidy(const struct place *place, int64_t now_ms);

#endif
