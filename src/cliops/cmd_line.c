#include "cliops/cmd_line.h"

#include <stdio.h>
#include <string.h>

#include "cli/asking.h"

/* ---- all of them ---- */

static long long number_of(const struct json *row, const char *name)
{
    int64_t number = 0;

    (void)json_number(json_get(row, name), 0, INT64_MAX, &number);
    return (long long)number;
}

static void print_line(const struct json *row)
{
    asking_print_words(json_text(json_get(row, "number")));
    if (!json_bool(json_get(row, "is_report_only"))) {
        printf("  refuses wrong signatures\n");
        return;
    }
    printf("  report-only until ");
    asking_print_words(json_text(json_get(row, "until")));
    printf(": %lld right, %lld would have been refused\n", number_of(row, "right"),
           number_of(row, "wrong"));
}

static int list(struct cli *cli)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "GET", "/api/v1/report-only", (struct span){0}, &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct json *items = json_get(root, "items");
    if (cli->json)
        printf("%.*s\n", SPAN_ARG(a.body));
    for (size_t i = 0; !cli->json && i < json_count(items); i++)
        print_line(json_at(items, i));
    json_close(&root);
    return CLI_YES;
}

/* ---- one ---- */

static int tell(const struct cli *cli, const struct control_answer *a, bool off)
{
    struct json *root = NULL;
    struct json_place place;

    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(a->body));
        return CLI_YES;
    }
    if (json_parse(a->body, &root, &place))
        return asking_no_json();
    print_line(root);
    json_close(&root);
    if (!off)
        fprintf(
            stderr,
            "nextring: anybody can send calls and texts in the carrier's name now, and only the "
            "team is sent anything; the log tells which addresses were tried\n");
    return CLI_YES;
}

static int report_only(struct cli *cli)
{
    const bool off = cli_flag(cli, "off");
    const char *number = asking_take_word(cli);
    struct control_answer a;

    if (!number)
        return cli_fail(CLI_USAGE, "say which: nextring line report-only +13125550101");
    if (cli_no_more(cli))
        return CLI_USAGE;
    const char *path = asking_id_path(cli, "/api/v1/lines/", number, "/report-only");
    const int status =
        asking_call(cli, off ? "DELETE" : "POST", path, off ? (struct span){0} : SPAN("{}"), &a);
    return status ? status : tell(cli, &a, off);
}

static int run(struct cli *cli)
{
    const char *what = asking_take_word(cli);

    if (!what || strcmp(what, "list") == 0)
        return list(cli);
    if (strcmp(what, "report-only") == 0)
        return report_only(cli);
    return cli_fail(CLI_USAGE, "say what: nextring line list, or report-only NUMBER");
}

static const struct cli_known options[] = {
    {"off", NULL, "of report-only: ends it now", NULL},
    {NULL},
};

const struct cli_command cmd_line_command = {
    .name = "line",
    .run = run,
    .help = "the numbers of a business, and how one of them goes live",
    .forms = "[list]\n"
             "report-only NUMBER [--off]",
    .acts = "list report-only",
    .options = options,
    .about =
        "For 24 hours at most a line in report-only mode takes webhooks whose signature is wrong,\n"
        "counts them and logs which addresses were tried, so that one sees whether the public\n"
        "address, the proxy and the token are right before wrong signatures are refused. As long\n"
        "as it is on there is an alarm each hour, anybody can send calls and texts in the\n"
        "carrier's name, and nothing goes to anybody but operators on the roster: no answer to\n"
        "customers, no call back. Said again, it begins anew.\n",
    .examples = "nextring line list\n"
                "nextring line report-only +13125550101\n"
                "nextring line report-only +13125550101 --off\n"
                "nextring line list --json | jq '.items[] | select(.wrong > 0)'\n",
    .status = "0: done; 1: there is no such line; 2: wrong usage; 3: no daemon answers",
};
