/* cli/cli.h - what a subcommand is, and what it is run with; cliops/commands.h has all of them.
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
    int words; /* of them, those that are no options: they come first (cli_arrange) */
    bool json; /* --json was among them, and has been taken out */
};

typedef int cli_run_fn(struct cli *cli);

/* What a value is when no list of words says it. */
#define CLI_FILE "@file"
#define CLI_FOLDER "@folder"

/* An option that a command knows; a list of them ends in a NULL name. --json, --help and the
 * settings' own options go without saying. */
struct cli_known {
    const char *name;     /* without its dashes */
    const char *argument; /* what its value is called, "NUMBER"; NULL: it takes none */
    const char *help;     /* a few words, without a full stop */
    const char *values;   /* the words that it may be, blanks between; CLI_FILE; NULL: anything */
};

/* A command as --help, the man page, the shells' completion and docs/commands.md show it. */
struct cli_command {
    const char *name;
    cli_run_fn *run;   /* NULL: the program's own, not one of these (serve, demo, completion) */
    const char *help;  /* one line, without a full stop */
    const char *forms; /* what may stand behind the name, a line each; NULL: nothing */
    const char *acts;  /* the words that may come first, blanks between; NULL: none */
    const char *words; /* what other words are: CLI_FILE, CLI_FOLDER; NULL: anything */
    const struct cli_known *options; /* NULL: none */
    const char *about;               /* what it does, in whole sentences, each line ended; NULL */
    const char *examples;            /* a line each: the command, two blanks or more, words; NULL */
    const char *status; /* what 0 and 1 mean, "0: yes; 1: no"; NULL: done, or could not */
};

/* Puts the arguments in order: words first, then each option as --name=value. --json and --help
 * are taken out. CLI_USAGE: an option is not known (the nearest one is named), lacks its value,
 * or has one that it does not take; that has been said. */
int cli_arrange(struct cli *cli, const struct cli_command *command, bool *out_wants_help);
/* The value of --NAME, taken out of the arguments; NULL when absent. */
const char *cli_option(struct cli *cli, const char *name);
/* True when --NAME was among the arguments; it is taken out. */
bool cli_flag(struct cli *cli, const char *name);
/* Complains about an argument that is left over; CLI_YES when none is. */
int cli_no_more(const struct cli *cli);
/* One line to stderr; returns `status`. */
__attribute__((format(printf, 2, 3))) int cli_fail(int status, const char *format, ...);

#endif
