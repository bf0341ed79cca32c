/* cliops/cmd_completion.h - `nextring completion`: prints what completes its command line in a
 * shell.
 *
 * Threads: one.
 */
#ifndef CLIOPS_CMD_COMPLETION_H
#define CLIOPS_CMD_COMPLETION_H

#include "cli/cli.h"

/* Its row stands in commands.c, whose table it walks: the program runs it. */
int cmd_completion_run(struct cli *cli);

#endif
