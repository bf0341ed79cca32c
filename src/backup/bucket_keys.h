/* backup/bucket_keys.h - the AWS keys that backups go by: those of the settings, or of the role
 * that this machine has, which are got anew before they end.
 *
 * Owns: nothing; a role's keys live in locked memory until the program ends.
 * Errors: as keys/aws_role.h; `why` names cause and mend.
 * Threads: one; waits.
 * Source: docs/guides/credentials.md; keys/aws_role.h.
 */
#ifndef BACKUP_BUCKET_KEYS_H
#define BACKUP_BUCKET_KEYS_H

#include "backup/bucket.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/settings.h"
#include "source/address.h"

struct bucket_keys;

MUST_USE enum err bucket_keys_open(struct arena *arena, const struct settings *settings,
                                   struct bucket_keys **out, char why[BUCKET_WHY_SIZE]);
/* Those in force, until the next call. */
const struct address_keys *bucket_keys_now(struct bucket_keys *keys);

#endif
