/* cli/cmd_fallback.h - nextring fallback: static scripts for the carrier's fallback addresses.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_FALLBACK_H
#define CLI_CMD_FALLBACK_H

#include "cli/cli.h"

int cmd_fallback(struct cli *cli);

#endif
