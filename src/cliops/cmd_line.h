/* cliops/cmd_line.h - `nextring line`: the numbers of a business, and report-only mode of one that
 * goes live.
 *
 * Threads: one.
 */
#ifndef CLIOPS_CMD_LINE_H
#define CLIOPS_CMD_LINE_H

#include "cli/cli.h"

extern const struct cli_command cmd_line_command;

#endif
