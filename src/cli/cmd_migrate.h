/* cli/cmd_migrate.h - `nextring migrate` and `nextring move`: the database's schema, and its place.
 *
 * Both open the database themselves; a SQLite file that a daemon has open is refused.
 */
#ifndef CLI_CMD_MIGRATE_H
#define CLI_CMD_MIGRATE_H

#include "cli/cli.h"

extern const struct cli_command cmd_migrate_command;
extern const struct cli_command cmd_migrate_move_command;

#endif
