/* cli/cmd_forget.h - the subcommand that erases a person by his number, here and at the carrier.
 *
 * Exit status as in cli.h.
 * Threads: one.
 */
#ifndef CLI_CMD_FORGET_H
#define CLI_CMD_FORGET_H

#include "cli/cli.h"

extern const struct cli_command cmd_forget_command;

#endif
