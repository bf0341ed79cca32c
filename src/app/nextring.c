#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/demo.h"
#include "app/serve.h"
#include "cli/cli.h"

static const char version[] = "0.1.0";

static void usage(FILE *to)
{
    fprintf(to, "nextring: a business's number that always reaches a human\n\n"
                "  nextring serve         the daemon\n"
                "  nextring demo [--once] a rehearsal with a simulated carrier on this machine\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        fprintf(to, "  nextring %-13s %s\n", c->name, c->help);
    fprintf(to, "\nEvery setting is an option too: nextring check --settings lists them.\n");
}

static const struct cli_command serve_command = {
    "serve", serve_run, "the daemon",
    "[--listen ADDRESS:PORT] [--public-url URL] [--data FOLDER] [--roster FILE] ...\n"
    "  NEXTRING_PUBLIC_URL=https://calls.example.com nextring serve --roster roster.json\n"};

static const struct cli_command *find(const char *name)
{
    if (strcmp(name, "serve") == 0)
        return &serve_command;
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (strcmp(name, c->name) == 0)
            return c;
    return NULL;
}

/* True when the flag was among the arguments; it is taken out. */
static bool take_flag(struct cli *cli, const char *flag)
{
    for (int i = 0; i < cli->argc; i++)
        if (strcmp(cli->argv[i], flag) == 0) {
            memmove(&cli->argv[i], &cli->argv[i + 1],
                    sizeof *cli->argv * (size_t)(cli->argc - i - 1));
            cli->argc--;
            return true;
        }
    return false;
}

static int say_mistakes(struct arena *arena, const struct mistakes *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct span line = mistakes_line(arena, &m->list[i]);
        fprintf(stderr, "nextring: %.*s\n", SPAN_ARG(line));
    }
    return CLI_USAGE;
}

static int run(struct arena *arena, const struct cli_command *command, int argc, char **argv)
{
    struct settings_options options = {0};
    struct settings settings;
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);
    struct cli cli = {.arena = arena, .settings = &settings};

    mistakes_init(mistakes, arena);
    if (settings_take_options(&argc, argv, &options, mistakes))
        return say_mistakes(arena, mistakes);
    cli.argc = argc - 1;
    cli.argv = argv + 1;
    if (take_flag(&cli, "--help")) {
        printf("nextring %s %s", command->name, command->usage);
        return CLI_YES;
    }
    cli.json = take_flag(&cli, "--json");
    const struct settings_from from = {
        .environment = environ, .options = &options, .installed = settings_is_installed()};
    if (settings_read(arena, &from, &settings, mistakes))
        return say_mistakes(arena, mistakes);
    return command->run(&cli);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        usage(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return CLI_YES;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("nextring %s\n", version);
        return CLI_YES;
    }
    if (strcmp(argv[1], "demo") == 0)
        return demo_run(argc - 1, argv + 1);
    const struct cli_command *command = find(argv[1]);
    if (!command)
        return cli_fail(CLI_USAGE, "there is no command '%s'; nextring --help lists them", argv[1]);
    struct arena *arena = arena_open(65536);
    const int status = run(arena, command, argc - 1, argv + 1);
    arena_close(&arena);
    return status;
}
