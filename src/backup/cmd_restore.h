/* backup/cmd_restore.h - the subcommand that brings a backup back.
 *
 * Exit status as in cli.h.
 * Threads: one.
 */
#ifndef BACKUP_CMD_RESTORE_H
#define BACKUP_CMD_RESTORE_H

#include "cli/cli.h"

extern const struct cli_command cmd_restore_command;

#endif
