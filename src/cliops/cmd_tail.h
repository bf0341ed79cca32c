/* cliops/cmd_tail.h - `nextring tail`: what happens, as it happens, a line an event.
 *
 * Goes on behind the last event that it has seen when the daemon goes and comes back.
 * Threads: one.
 * Source: docs/stream.md.
 */
#ifndef CLIOPS_CMD_TAIL_H
#define CLIOPS_CMD_TAIL_H

#include "cli/cli.h"

extern const struct cli_command cmd_tail_command;

#endif
