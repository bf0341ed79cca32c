/* cliops/commands.h - all subcommands, in the order in which they are listed: the one table that
 * the program, its help, its manual and the shells' completion walk.
 *
 * Threads: any.
 * Source: design section 9.
 */
#ifndef CLIOPS_COMMANDS_H
#define CLIOPS_COMMANDS_H

#include "cli/cli.h"

struct commands_row {
    const char *part; /* of the list, as a heading */
    const struct cli_command *command;
};

/* Ends with a NULL command; rows of one part stand together. */
extern const struct commands_row commands_table[];

/* NULL: there is none of this name. */
const struct cli_command *commands_find(const char *name);
/* Says that there is none, and which name is the nearest; CLI_USAGE. */
int commands_complain(const char *name);

#endif
