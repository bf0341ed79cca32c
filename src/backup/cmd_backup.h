/* backup/cmd_backup.h - the subcommand that makes a backup, verifies it and keeps so many.
 *
 * Exit status as in cli.h.
 * Threads: one.
 */
#ifndef BACKUP_CMD_BACKUP_H
#define BACKUP_CMD_BACKUP_H

#include "cli/cli.h"

extern const struct cli_command cmd_backup_command;

#endif
