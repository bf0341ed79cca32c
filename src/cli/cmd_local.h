/* cli/cmd_local.h - subcommands that need no daemon: check, signature, segments.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_LOCAL_H
#define CLI_CMD_LOCAL_H

#include "cli/cli.h"
#include "config/mistakes.h"
#include "model/roster.h"

extern const struct cli_command cmd_local_check_command;
extern const struct cli_command cmd_local_signature_command;
extern const struct cli_command cmd_local_segments_command;

/* The roster named by the settings, its calendars around `at_ms`; it lives in the command's
 * arena. NULL with the mistakes listed. */
const struct roster *cmd_local_roster(struct cli *cli, int64_t at_ms, struct mistakes *mistakes);

#endif
