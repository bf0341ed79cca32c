/* cli/cmd_tenant_take.h - all that is a tenant's, taken out as files; and deleted, with the proof.
 *
 * Threads: one.
 * Source: docs/tenants.md.
 */
#ifndef CLI_CMD_TENANT_TAKE_H
#define CLI_CMD_TENANT_TAKE_H

#include "cli/cli.h"

/* The tenant's name has been taken out of the arguments. */
int cmd_tenant_take_export(struct cli *cli, const char *slug);
int cmd_tenant_take_delete(struct cli *cli, const char *slug);

#endif
