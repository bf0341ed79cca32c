/* backup/copying.h - gets a copy of the database as it is now: from the daemon, which makes it
 * beside its work, or from the file itself when no daemon runs.
 *
 * Complains on stderr; the int that comes back is an exit status.
 * Threads: one.
 */
#ifndef BACKUP_COPYING_H
#define BACKUP_COPYING_H

#include <stdint.h>

#include "cli/cli.h"

/* *out_path is the caller's to remove; *out_at_ms: nothing that was committed before is missing. */
int copying_make(struct cli *cli, const char **out_path, int64_t *out_at_ms);
/* One line on a terminal that is written over; `total` 0: not known. Silent elsewhere. */
void copying_show(const char *what, int64_t done, int64_t total, const char *unit);
void copying_hide(void);
int64_t copying_now_ms(void);

#endif
