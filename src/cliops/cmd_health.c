#include "cliops/cmd_health.h"

#include <stdio.h>

#include "base/terminal.h"
#include "cli/asking.h"

enum { NAME_COLUMNS = 10 };

static const char plain[] = "\033[0m", green[] = "\033[32m", yellow[] = "\033[33m",
                  red[] = "\033[1;31m";

static void print_state(struct span state)
{
    const bool is_colour = terminal_has_colour(stdout);
    const char *colour = span_is_text(state, "ok")    ? green
                         : span_is_text(state, "bad") ? red
                                                      : yellow;

    printf("%s%-5.*s%s ", is_colour ? colour : "", SPAN_ARG(state), is_colour ? plain : "");
}

static void print_part(const struct json *part, struct span name)
{
    print_state(json_text(json_get(part, "state")));
    printf("%-*.*s ", NAME_COLUMNS, SPAN_ARG(name));
    terminal_put(stdout, json_text(json_get(part, "words")));
    putchar('\n');
}

static int run(struct cli *cli)
{
    const bool is_strict = cli_flag(cli, "strict");
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "GET", "/api/v1/health", (struct span){0}, &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct json *items = json_get(root, "items");
    const struct span worst = json_text(json_get(root, "state"));
    const bool is_well = span_is_text(worst, "ok") || (!is_strict && !span_is_text(worst, "bad"));
    if (cli->json)
        printf("%.*s\n", SPAN_ARG(a.body));
    for (size_t i = 0; !cli->json && i < json_count(items); i++)
        print_part(json_at(items, i), json_text(json_get(json_at(items, i), "name")));
    json_close(&root);
    return is_well ? CLI_YES : CLI_NO;
}

static const struct cli_known options[] = {
    {"strict", NULL, "what only wants a look is a no, too", NULL},
    {NULL},
};

const struct cli_command cmd_health_command = {
    .name = "health",
    .run = run,
    .help = "how the daemon stands, part by part",
    .forms = "[--strict]",
    .options = options,
    .about = "Each part is ok, warn (it wants a look) or bad. nextring doctor asks further: the "
             "carrier,\n"
             "the way in from outside, the numbers' settings.\n",
    .examples = "nextring health\n"
                "nextring health --json | jq -r .words\n",
    .status = "0: no part is bad; 1: one is; 2: wrong usage; 3: no daemon answers",
};
