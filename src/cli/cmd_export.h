/* cli/cmd_export.h - `nextring export`: the log as a file that proves itself, and the proof.
 *
 * The file is checked without a daemon: it holds all that is needed.
 * Threads: one.
 */
#ifndef CLI_CMD_EXPORT_H
#define CLI_CMD_EXPORT_H

#include "cli/cli.h"

extern const struct cli_command cmd_export_command;

#endif
