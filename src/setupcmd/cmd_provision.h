/* setupcmd/cmd_provision.h - the subcommand provision: the account's numbers, where they point and
 * where they have to.
 *
 * Threads: one.
 */
#ifndef SETUPCMD_CMD_PROVISION_H
#define SETUPCMD_CMD_PROVISION_H

#include "cli/cli.h"

extern const struct cli_command cmd_provision_command;

#endif
