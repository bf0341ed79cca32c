#include "cli/cmd_tenant.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/cmd_tenant_take.h"
#include "cli/input.h"

enum { BODY_MAX = 8192, SECRET_MAX = 4096 };

static const char path_of_all[] = "/api/v1/host/tenants";

static const char *path_of(struct cli *cli, const char *slug, const char *rest)
{
    return asking_id_path(cli, "/api/v1/host/tenants/", slug, rest);
}

/* ---- showing ---- */

static void print_row(const char *name, const struct json *value)
{
    struct arena *arena = arena_open(0);

    printf("%-12s ", name);
    if (json_type(value) == JSON_TEXT)
        asking_print_words(json_text(value));
    else if (json_type(value) == JSON_NULL)
        printf("-");
    else if (json_type(value) != JSON_LIST)
        printf("%.*s", SPAN_ARG(json_dump(arena, value)));
    for (size_t i = 0; json_type(value) == JSON_LIST && i < json_count(value); i++) {
        printf("%s", i ? ", " : "");
        asking_print_words(json_text(json_at(value, i)));
    }
    putchar('\n');
    arena_close(&arena);
}

static int print_one(const struct cli *cli, const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(a->body));
        return CLI_YES;
    }
    if (json_parse(a->body, &root, &place))
        return asking_no_json();
    for (size_t i = 0; i < json_count(root); i++) {
        struct span name;
        const struct json *value = json_member(root, i, &name);
        print_row(arena_text(cli->arena, name), value);
    }
    json_close(&root);
    return CLI_YES;
}

static int show(struct cli *cli, const char *slug)
{
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "GET", path_of(cli, slug, ""), (struct span){0}, &a);
    return status ? status : print_one(cli, &a);
}

static int list(struct cli *cli)
{
    static const char *const columns[] = {"id",     "state", "way",  "account",
                                          "weight", "lines", "name", NULL};

    return asking_list(cli, path_of_all, columns);
}

/* ---- changing ---- */

/* The options of these names, as members of a JSON object. */
static void add_options(struct cli *cli, struct json_out *o)
{
    static const char *const names[][2] = {{"name", "name"},
                                           {"account", "account"},
                                           {"weight", "weight"},
                                           {"texts-a-day", "texts_a_day"},
                                           {"calls-a-day", "calls_a_day"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = cli_option(cli, names[i][0]);
        if (value)
            json_out_text(o, names[i][1], span_of(value));
    }
}

static int add(struct cli *cli)
{
    struct buf body = buf_in(cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);
    struct control_answer a;
    const char *slug;

    json_out_object(&o, NULL);
    add_options(cli, &o);
    slug = asking_take_word(cli);
    if (!slug)
        return cli_fail(
            CLI_USAGE,
            "give a name: nextring tenant add acme --name 'Acme Hauling' --account AC...");
    json_out_text(&o, "slug", span_of(slug));
    json_out_end_object(&o);
    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "POST", path_of_all, buf_span(&body), &a);
    if (status || cli->json)
        return status ? status : print_one(cli, &a);
    fprintf(stderr, "nextring: %s is there; its roster: nextring roster put FILE --tenant %s\n",
            slug, slug);
    return CLI_YES;
}

static int set(struct cli *cli, const char *slug)
{
    struct buf body = buf_in(cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);
    struct control_answer a;

    json_out_object(&o, NULL);
    add_options(cli, &o);
    json_out_end_object(&o);
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (buf_span(&body).size <= 2)
        return cli_fail(CLI_USAGE, "say what: --name, --account, --weight, --texts-a-day or "
                                   "--calls-a-day; none is no bound");
    const int status = asking_call(cli, "PATCH", path_of(cli, slug, ""), buf_span(&body), &a);
    return status ? status : print_one(cli, &a);
}

static int set_state(struct cli *cli, const char *slug, const char *state, const char *words)
{
    const char *body = arena_printf(cli->arena, "{\"state\":\"%s\"}", state);
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "PATCH", path_of(cli, slug, ""), span_of(body), &a);
    if (status || cli->json)
        return status ? status : print_one(cli, &a);
    fprintf(stderr, "nextring: %s %s\n", slug, words);
    return CLI_YES;
}

static int suspend(struct cli *cli, const char *slug)
{
    return set_state(cli, slug, "suspended",
                     "is suspended: calls get the closed script, texts are kept, nothing is sent");
}

static int resume(struct cli *cli, const char *slug)
{
    return set_state(cli, slug, "active", "is served again");
}

/* ---- secrets ---- */

static int rotate(struct cli *cli)
{
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "POST", "/api/v1/host/keys", SPAN("{}"), &a);
    return status ? status : print_one(cli, &a);
}

/* Read from stdin, so that no list of processes and no shell's history has it. */
static int set_secret(struct cli *cli, const char *slug, const char *name, bool removes)
{
    struct arena *arena = arena_open(SECRET_MAX);
    struct buf body = buf_in(arena, BODY_MAX);
    struct json_out o = json_out(&body);
    struct control_answer a;
    struct span value = {NULL, 0};

    arena_mark_secret(arena);
    if (!removes && (!input_read(arena, stdin, SECRET_MAX, &value) || span_trim(value).size == 0)) {
        arena_close(&arena);
        return cli_fail(CLI_USAGE,
                        "give the value on stdin, or --remove: nextring tenant secret %s %s < FILE",
                        slug, name);
    }
    json_out_object(&o, NULL);
    json_out_text(&o, "name", span_of(name));
    if (!removes)
        json_out_text(&o, "value", span_trim(value));
    json_out_end_object(&o);
    const int status = asking_call(cli, "PUT", path_of(cli, slug, "/secret"), buf_span(&body), &a);
    arena_close(&arena);
    if (status || cli->json)
        return status ? status : print_one(cli, &a);
    fprintf(stderr, "nextring: %s of %s %s\n", name, slug, removes ? "is taken away" : "is set");
    return CLI_YES;
}

static int secret(struct cli *cli)
{
    if (cli_flag(cli, "rotate-key"))
        return rotate(cli);
    const bool removes = cli_flag(cli, "remove");
    const char *slug = asking_take_word(cli);
    const char *name = asking_take_word(cli);
    if (!slug || !name)
        return cli_fail(CLI_USAGE,
                        "say whose and which: nextring tenant secret SLUG "
                        "auth_token|auth_token_2|api_key|api_secret|alarm_secret < FILE");
    return cli_no_more(cli) ? CLI_USAGE : set_secret(cli, slug, name, removes);
}

/* ---- which ---- */

/* clang-format off */
static const struct {
    const char *name;
    int (*run)(struct cli *cli, const char *slug);
} acts[] = {
    {"show", show}, {"set", set}, {"suspend", suspend}, {"resume", resume},
    {"export", cmd_tenant_take_export}, {"delete", cmd_tenant_take_delete},
};
/* clang-format on */

static int run(struct cli *cli)
{
    const char *what = asking_take_word(cli);

    if (what && strcmp(what, "list") == 0)
        return list(cli);
    if (what && strcmp(what, "add") == 0)
        return add(cli);
    if (what && strcmp(what, "secret") == 0)
        return secret(cli);
    for (size_t i = 0; what && i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(what, acts[i].name) != 0)
            continue;
        const char *slug = asking_take_word(cli);
        return slug ? acts[i].run(cli, slug)
                    : cli_fail(CLI_USAGE, "say whose: nextring tenant %s SLUG", what);
    }
    return cli_fail(CLI_USAGE, "say what: nextring tenant list, add, show, set, secret, suspend, "
                               "resume, export or delete");
}

static const struct cli_known options[] = {
    {"name", "NAME", "of the business", NULL},
    {"account", "SID", "his own account at the carrier", NULL},
    {"weight", "COUNT", "his share of turns when several wait", NULL},
    {"texts-a-day", "COUNT", "how many may leave; none: no bound", "none"},
    {"calls-a-day", "COUNT", "how many may be started; none: no bound", "none"},
    {"remove", NULL, "of secret: takes it away", NULL},
    {"rotate-key", NULL, "of secret: reads the file of keys again, seals all anew", NULL},
    {"yes-delete", "SLUG", "of delete: the name once more", NULL},
    {"keep-recordings", NULL, "of delete: leaves them at the carrier", NULL},
    {"limit", "COUNT", "of the list (100)", NULL},
    {NULL},
};

const struct cli_command cmd_tenant_command = {
    .name = "tenant",
    .run = run,
    .help = "the businesses that a host serves: their terms and secrets, and their end",
    .forms =
        "list\n"
        "add|set SLUG [--name NAME] [--account SID] [--weight COUNT] [--texts-a-day COUNT] "
        "[--calls-a-day COUNT]\n"
        "show|suspend|resume SLUG\n"
        "secret SLUG auth_token|auth_token_2|api_key|api_secret|alarm_secret [--remove] < FILE\n"
        "secret --rotate-key\n"
        "export SLUG FOLDER|-\n"
        "delete SLUG --yes-delete SLUG [--keep-recordings]",
    .acts = "list add set show suspend resume secret export delete",
    .words = CLI_FOLDER,
    .options = options,
    .about =
        "A suspended business has the closed script for calls; its texts are kept, and nothing is\n"
        "sent. An export is a file a table, the log, and a manifest. docs/tenants.md tells more.\n",
    .examples =
        "nextring tenant add acme --name 'Acme Hauling' --account AC0123   then: roster put\n"
        "nextring tenant secret acme auth_token < token\n"
        "nextring tenant set acme --texts-a-day 5000 --calls-a-day none\n"
        "nextring tenant export acme acme-2026\n"
        "nextring tenant delete acme --yes-delete acme   prints what each table has left\n",
    .status = "0: done; 1: there is no such tenant, or it has become another",
};
