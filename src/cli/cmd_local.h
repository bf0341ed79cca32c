/* cli/cmd_local.h - subcommands that need no daemon: check, who, signature, segments.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_LOCAL_H
#define CLI_CMD_LOCAL_H

#include "cli/cli.h"

int cmd_local_check(struct cli *cli);
int cmd_local_who(struct cli *cli);
int cmd_local_signature(struct cli *cli);
int cmd_local_segments(struct cli *cli);

#endif
