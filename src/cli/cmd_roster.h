/* cli/cmd_roster.h - the subcommand roster: shows, puts, lists and restores the roster that the
 * daemon keeps, with what a new version changes.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_ROSTER_H
#define CLI_CMD_ROSTER_H

#include "cli/cli.h"

extern const struct cli_command cmd_roster_command;

#endif
