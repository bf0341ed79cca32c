/* cliops/cmd_health.h - `nextring health`: how the running daemon stands, part by part.
 *
 * Threads: one.
 */
#ifndef CLIOPS_CMD_HEALTH_H
#define CLIOPS_CMD_HEALTH_H

#include "cli/cli.h"

extern const struct cli_command cmd_health_command;

#endif
