/* cli/cli.h - the subcommands for people and scripts, as a table.
 *
 * Results go to stdout, all else to stderr. Exit status: 0 yes or done, 1 no, 2 wrong usage,
 * 3 could not.
 * Threads: one.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>

#include "base/arena.h"
#include "config/settings.h"

enum { CLI_YES = 0, CLI_NO = 1, CLI_USAGE = 2, CLI_COULD_NOT = 3 };

/* What a subcommand is run with: its own arguments without the settings' options. */
struct cli {
    struct arena *arena;
    const struct settings *settings;
    int argc; /* arguments after the subcommand's name */
    char **argv;
    bool json; /* --json was among them, and has been taken out */
};

typedef int cli_run_fn(struct cli *cli);

struct cli_command {
    const char *name;
    cli_run_fn *run;
    const char *help;  /* one line */
    const char *usage; /* arguments and examples */
};

/* Ends with a NULL name. */
extern const struct cli_command cli_commands[];

/* The value of --NAME, taken out of the arguments; NULL when absent. */
const char *cli_option(struct cli *cli, const char *name);
/* True when --NAME was among the arguments; it is taken out. */
bool cli_flag(struct cli *cli, const char *name);
/* Complains about an argument that is left over; CLI_YES when none is. */
int cli_no_more(const struct cli *cli);
/* One line to stderr; returns `status`. */
__attribute__((format(printf, 2, 3))) int cli_fail(int status, const char *format, ...);

#endif
