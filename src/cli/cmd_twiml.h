/* cli/cmd_twiml.h - the subcommand that checks a call script.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_TWIML_H
#define CLI_CMD_TWIML_H

#include "cli/cli.h"

extern const struct cli_command cmd_twiml_command;

#endif
