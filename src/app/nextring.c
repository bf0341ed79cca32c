#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/demo.h"
#include "app/serve.h"
#include "cli/cli.h"
#include "cliops/cmd_completion.h"
#include "cliops/commands.h"
#include "cliops/help.h"

static const char version[] = "0.1.0";

static void print(FILE *to, const struct buf *text)
{
    fwrite(text->data, 1, text->size, to);
}

static void list_all(FILE *to)
{
    struct arena *arena = arena_open(0);
    struct buf text = buf_in(arena, HELP_BYTES);

    help_all(&text);
    print(to, &text);
    arena_close(&arena);
}

static int explain(struct arena *arena, const struct cli_command *command)
{
    struct buf text = buf_in(arena, HELP_BYTES);

    help_command(&text, command);
    print(stdout, &text);
    return CLI_YES;
}

static int say_mistakes(struct arena *arena, const struct mistakes *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct span line = mistakes_line(arena, &m->list[i]);
        fprintf(stderr, "nextring: %.*s\n", SPAN_ARG(line));
    }
    return CLI_USAGE;
}

static int run_demo(struct cli *cli)
{
    const bool once = cli_flag(cli, "once");

    return cli_no_more(cli) ? CLI_USAGE : demo_run(once);
}

/* Those that are not run by their row. A rehearsal sets up its own programs, so the settings of
 * this one are none of its business. */
static const struct {
    const char *name;
    cli_run_fn *run;
    bool has_settings;
} own[] = {
    {"serve", serve_run, true},
    {"demo", run_demo, false},
    {"completion", cmd_completion_run, false},
};

static int run_with_settings(struct cli *cli, const struct settings_options *options,
                             cli_run_fn *fn)
{
    struct settings settings;
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    struct arena *secrets = arena_open_locked(0);
    const struct settings_from from = {.environment = environ,
                                       .options = options,
                                       .secrets = secrets,
                                       .installed = settings_is_installed()};

    mistakes_init(mistakes, cli->arena);
    cli->settings = &settings;
    const int status = settings_read(cli->arena, &from, &settings, mistakes)
                           ? say_mistakes(cli->arena, mistakes)
                           : fn(cli);
    arena_close(&secrets);
    return status;
}

static int run(struct arena *arena, const struct cli_command *command, int argc, char **argv)
{
    struct settings_options options = {0};
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);
    struct cli cli = {.arena = arena};
    bool wants_help = false;

    mistakes_init(mistakes, arena);
    if (settings_take_options(&argc, argv, &options, mistakes))
        return say_mistakes(arena, mistakes);
    cli.argc = argc - 1;
    cli.argv = argv + 1;
    if (cli_arrange(&cli, command, &wants_help))
        return CLI_USAGE;
    if (wants_help)
        return explain(arena, command);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(command->name, own[i].name) == 0)
            return own[i].has_settings ? run_with_settings(&cli, &options, own[i].run)
                                       : own[i].run(&cli);
    return run_with_settings(&cli, &options, command->run);
}

/* `nextring help COMMAND` is `nextring COMMAND --help`. */
static int help(struct arena *arena, const char *name)
{
    const struct cli_command *command = name ? commands_find(name) : NULL;

    if (name && !command)
        return commands_complain(name);
    if (command)
        return explain(arena, command);
    list_all(stdout);
    return CLI_YES;
}

static int run_named(struct arena *arena, int argc, char **argv)
{
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help(arena, argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--version") == 0) {
        printf("nextring %s\n", version);
        return CLI_YES;
    }
    const struct cli_command *command = commands_find(argv[1]);
    return command ? run(arena, command, argc - 1, argv + 1) : commands_complain(argv[1]);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        list_all(stderr);
        return CLI_USAGE;
    }
    struct arena *arena = arena_open(65536);
    const int status = run_named(arena, argc, argv);
    arena_close(&arena);
    return status;
}
