/* cli/cmd_who.h - the subcommand who: who would be asked at an instant and why, and a week of it
 * as a picture.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_WHO_H
#define CLI_CMD_WHO_H

#include "cli/cli.h"

extern const struct cli_command cmd_who_command;

#endif
