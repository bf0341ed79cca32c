#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void drop(struct cli *cli, int at, int count)
{
    for (int i = at; i + count < cli->argc; i++)
        cli->argv[i] = cli->argv[i + count];
    cli->argc -= count;
}

const char *cli_option(struct cli *cli, const char *name)
{
    const size_t size = strlen(name);

    for (int i = 0; i < cli->argc; i++) {
        const char *arg = cli->argv[i];
        if (strncmp(arg, "--", 2) != 0 || strncmp(arg + 2, name, size) != 0)
            continue;
        if (arg[2 + size] == '=') {
            const char *value = arg + 3 + size;
            drop(cli, i, 1);
            return value;
        }
        if (arg[2 + size] == 0 && i + 1 < cli->argc) {
            const char *value = cli->argv[i + 1];
            drop(cli, i, 2);
            return value;
        }
    }
    return NULL;
}

bool cli_flag(struct cli *cli, const char *name)
{
    for (int i = 0; i < cli->argc; i++)
        if (strncmp(cli->argv[i], "--", 2) == 0 && strcmp(cli->argv[i] + 2, name) == 0) {
            drop(cli, i, 1);
            return true;
        }
    return false;
}

int cli_no_more(const struct cli *cli)
{
    if (cli->argc > 0)
        return cli_fail(CLI_USAGE, "'%s' is not understood here; see --help", cli->argv[0]);
    return CLI_YES;
}

int cli_fail(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("nextring: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return status;
}
