#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/sim_serve.h"
#include "config/nearest.h"
#include "simload/load_command.h"
#include "simphone/phone_command.h"
#include "simplay/play_command.h"

enum { EXIT_USAGE = 2 };

/* A command gets its own name as argv[0] and its arguments after it, answers --help itself, and
 * returns the exit status: 0 yes or done, 1 no, 2 wrong usage, 3 could not. */
/* clang-format off */
static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
} commands[] = {
    {"serve", sim_serve_run, "the simulated carrier; what runs when no command is named"},
    {"play", play_command_run, "scenario files on a virtual clock, against any server; what was not as it should be"},
    {"phone", phone_command_run, "a phone of a running simulator in your hand: call, answer, press, text"},
    {"load", load_command_run, "signed webhooks in any number, and how long answers took"},
};
/* clang-format on */

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *to)
{
    fputs("nextring-sim: a carrier on your desk\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  nextring-sim %-8s %s\n", commands[i].name, commands[i].help);
    fputs(
        "\nEach has its own --help with examples. Exit status: 0 yes or done, 1 no, 2 wrong usage, "
        "3 could not.\n",
        to);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int complain(const char *name)
{
    struct nearest nearest = nearest_to(span_of(name));

    for (size_t i = 0; i < COMMANDS; i++)
        nearest_show(&nearest, span_of(commands[i].name));
    fprintf(stderr, "nextring-sim: there is no command \"%s\"; ", name);
    if (nearest.best.data)
        fprintf(stderr, "is %.*s meant? ", SPAN_ARG(nearest.best));
    fputs("nextring-sim --help lists them\n", stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
        help(stdout);
        return EXIT_SUCCESS;
    }
    if (argc < 2 || argv[1][0] == '-')
        return sim_serve_run(argc, argv);
    const struct command *command = find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : complain(argv[1]);
}
