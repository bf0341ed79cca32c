#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "config/nearest.h"

/* ---- in order ---- */

static bool is_named(struct span argument, const char *name)
{
    struct span rest;

    return span_is_text(span_cut(span_skip(argument, 2), '=', &rest), name);
}

static const struct cli_known *find_known(const struct cli_command *command, struct span argument)
{
    for (const struct cli_known *k = command->options; k && k->name; k++)
        if (is_named(argument, k->name))
            return k;
    return NULL;
}

static int say_unknown(const struct cli_command *command, struct span argument)
{
    struct span value;
    struct nearest nearest = nearest_to(span_cut(span_skip(argument, 2), '=', &value));

    for (const struct cli_known *k = command->options; k && k->name; k++)
        nearest_show(&nearest, span_of(k->name));
    nearest_show(&nearest, SPAN("json"));
    nearest_show(&nearest, SPAN("help"));
    for (int i = 0; i < SETTINGS; i++)
        if (!settings_table[i].secret)
            nearest_show(&nearest, span_of(settings_table[i].key));
    if (nearest.best.data)
        return cli_fail(CLI_USAGE,
                        "'%.*s' is not understood here; is --%.*s meant? nextring %s --help lists "
                        "what there is",
                        SPAN_ARG(argument), SPAN_ARG(nearest.best), command->name);
    return cli_fail(CLI_USAGE,
                    "'%.*s' is not understood here; nextring %s --help lists what there is",
                    SPAN_ARG(argument), command->name);
}

/* One option at `*i`, and its value; NULL: it has complained. */
static char *take_known(struct cli *cli, const struct cli_command *command, int *i)
{
    char *argument = cli->argv[*i];
    const struct cli_known *k = find_known(command, span_of(argument));
    const bool has_value = strchr(argument, '=') != NULL;

    if (!k) {
        (void)say_unknown(command, span_of(argument));
        return NULL;
    }
    if (has_value && !k->argument) {
        cli_fail(CLI_USAGE, "--%s takes no value; leave \"%s\" out", k->name,
                 strchr(argument, '='));
        return NULL;
    }
    if (has_value || !k->argument)
        return argument;
    if (*i + 1 == cli->argc) {
        cli_fail(CLI_USAGE, "--%s wants a value: --%s %s", k->name, k->name, k->argument);
        return NULL;
    }
    ++*i;
    return arena_printf(cli->arena, "%s=%s", argument, cli->argv[*i]);
}

int cli_arrange(struct cli *cli, const struct cli_command *command, bool *out_wants_help)
{
    const size_t room = (size_t)cli->argc + 1;
    char **words = ARENA_NEW_N(cli->arena, char *, room);
    char **options = ARENA_NEW_N(cli->arena, char *, room);
    int word_count = 0, option_count = 0;
    bool words_alone = false;

    for (int i = 0; i < cli->argc; i++) {
        char *argument = cli->argv[i];
        if (words_alone || argument[0] != '-' || !argument[1]) {
            words[word_count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            words_alone = true;
        } else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            *out_wants_help = true;
            return CLI_YES;
        } else if (strcmp(argument, "--json") == 0) {
            cli->json = true;
        } else {
            options[option_count] = take_known(cli, command, &i);
            if (!options[option_count++])
                return CLI_USAGE;
        }
    }
    memcpy(words + word_count, options, sizeof *options * (size_t)option_count);
    cli->argv = words;
    cli->argc = word_count + option_count;
    cli->words = word_count;
    return CLI_YES;
}

/* ---- one by one ---- */

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
