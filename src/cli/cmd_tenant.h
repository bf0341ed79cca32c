/* cli/cmd_tenant.h - nextring tenant: the businesses that a host serves.
 *
 * Threads: one.
 * Source: docs/tenants.md.
 */
#ifndef CLI_CMD_TENANT_H
#define CLI_CMD_TENANT_H

#include "cli/cli.h"

extern const struct cli_command cmd_tenant_command;

#endif
