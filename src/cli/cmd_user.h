/* cli/cmd_user.h - who may sign in to the pages: `nextring user`.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_USER_H
#define CLI_CMD_USER_H

#include "cli/cli.h"

extern const struct cli_command cmd_user_command;

#endif
