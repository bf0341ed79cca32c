/* backup/manifest.h - what stands beside a backup: what it holds, from when, and its hashes.
 *
 * NAME.json beside NAME.db.zst, written last: a backup without one was never finished. It holds
 * the small files of the state folder that a firm needs to go on, too, so it is as secret as the
 * backup itself.
 * Owns: nothing; texts live in the arena.
 * Errors: ERR_BAD_INPUT, it is none; `why` tells.
 * Threads: any.
 */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include "backup/pack.h"
#include "base/arena.h"
#include "base/span.h"
#include "store/store_proof.h"

enum { MANIFEST_FORMAT = 1, MANIFEST_NAME_SIZE = 40, MANIFEST_FILES = 256 };

struct manifest_file {
    struct span name; /* below the state folder: letters, digits, '.', '-', '_', one '/' */
    struct span content;
};

struct manifest {
    char name[MANIFEST_NAME_SIZE]; /* "nextring-20261122T013000Z" */
    int64_t made_ms;
    struct pack_sum whole, packed; /* the database, and NAME.db.zst */
    struct store_proof proof;
    struct manifest_file files[MANIFEST_FILES];
    size_t file_count;
    bool has_keys; /* the file of keys is among them, as nextring.key */
};

/* The name of one that was made then. */
void manifest_name(int64_t made_ms, char out[MANIFEST_NAME_SIZE]);
/* True for the name of a backup; `end` (".json", ".db.zst") is what follows it. */
bool manifest_is_name(struct span text, const char *end);

struct span manifest_render(struct arena *arena, const struct manifest *manifest);
MUST_USE enum err manifest_parse(struct arena *arena, struct span text, struct manifest *out,
                                 char why[PACK_WHY_SIZE]);
/* Whether the logs end where they did; false: *out_slug is whose does not. */
bool manifest_agrees(const struct manifest *manifest, const struct store_proof *proof,
                     const char **out_slug);

#endif
