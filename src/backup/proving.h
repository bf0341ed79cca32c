/* backup/proving.h - whether a backup is what its manifest says, and can be restored.
 *
 * Complains on stderr; the int that comes back is an exit status.
 * Threads: one.
 */
#ifndef BACKUP_PROVING_H
#define BACKUP_PROVING_H

#include "backup/manifest.h"
#include "backup/place.h"
#include "cli/cli.h"

/* A backup by the name of either of its files: where it is kept, and its manifest. */
struct proving {
    struct place place;
    struct manifest *manifest;
};
int proving_find(struct cli *cli, const char *backup, struct proving *out);
/* Unpacks it into the new file `to` and holds it against the manifest: hashes, pages, logs.
 * CLI_NO: it is not whole, and `to` is gone. */
int proving_unpack(struct cli *cli, const struct proving *p, const char *to);

/* `nextring backup --verify [BACKUP]`. */
int proving_command(struct cli *cli, const char *backup);

#endif
