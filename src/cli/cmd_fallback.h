/* cli/cmd_fallback.h - nextring fallback: static scripts for the carrier's fallback addresses.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_FALLBACK_H
#define CLI_CMD_FALLBACK_H

#include "cli/cli.h"

extern const struct cli_command cmd_fallback_command;

#endif
