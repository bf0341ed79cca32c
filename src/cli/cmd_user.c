#include "cli/cmd_user.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "codec/url.h"

enum { BODY_MAX = 8192, ID_MAX = 64, PAGES_MAX = 1000 };

/* The link alone on stdout, so that a script can hand it on; with --json, beside the user. */
static int print_link(struct cli *cli, const char *id, struct span user)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    const int status = asking_call(cli, "POST", asking_id_path(cli, "/api/v1/users/", id, "/link"),
                                   SPAN("{}"), &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct span link = json_text(json_get(root, "link"));
    const struct span until = json_text(json_get(root, "until"));
    if (!cli->json) {
        printf("%.*s\n", SPAN_ARG(link));
    } else {
        struct buf out = buf_in(cli->arena, BODY_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        if (user.size)
            json_out_raw(&o, "user", user);
        json_out_text(&o, "link", link);
        json_out_text(&o, "until", until);
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    }
    json_close(&root);
    return CLI_YES;
}

static int print_id(const struct cli *cli, struct span id, struct span user)
{
    const struct span shown = cli->json ? user : id;

    printf("%.*s\n", SPAN_ARG(shown));
    return CLI_YES;
}

static int add(struct cli *cli)
{
    static const char *const fields[] = {"tenant", "role", "name", "operator"};
    const char *values[sizeof fields / sizeof fields[0]];
    struct buf body = buf_in(cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        values[i] = cli_option(cli, fields[i]);
    const bool wants_link = cli_flag(cli, "link");
    const char *login = asking_take_word(cli);
    if (!login)
        return cli_fail(CLI_USAGE, "give a login: nextring user add LOGIN --role dispatcher");
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!values[1])
        return cli_fail(CLI_USAGE,
                        "say what he may do: --role viewer, --role dispatcher or --role admin");
    json_out_object(&o, NULL);
    json_out_text(&o, "login", span_of(login));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (values[i])
            json_out_text(&o, fields[i], span_of(values[i]));
    json_out_end_object(&o);
    const int status = asking_call(cli, "POST", "/api/v1/users", buf_span(&body), &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const char *id = arena_text(cli->arena, json_text(json_get(root, "id")));
    json_close(&root);
    return wants_link ? print_link(cli, id, a.body) : print_id(cli, span_of(id), a.body);
}

/* The user with this login on one page of the list; *out_next says where the next one begins. */
static bool find_on_page(const struct json *root, const char *login, struct arena *arena,
                         const char **out_id, const char **out_next)
{
    const struct json *items = json_get(root, "items");

    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *user = json_at(items, i);
        if (!span_is_nocase(json_text(json_get(user, "login")), span_of(login)))
            continue;
        *out_id = arena_text(arena, json_text(json_get(user, "id")));
        return true;
    }
    const struct span next = json_text(json_get(root, "next"));
    *out_next = next.size ? arena_text(arena, next) : NULL;
    return false;
}

static int find(struct cli *cli, const char *login, const char **out_id)
{
    const char *next = "";

    for (int page = 0; next && page < PAGES_MAX; page++) {
        struct buf path = buf_in(cli->arena, 512);
        struct control_answer a;
        struct json *root = NULL;
        struct json_place place;
        buf_add_text(&path, "/api/v1/users?after=");
        url_escape(&path, span_of(next));
        const int status = asking_call(cli, "GET", buf_span(&path).data, (struct span){0}, &a);
        if (status)
            return status;
        if (json_parse(a.body, &root, &place))
            return asking_no_json();
        const bool found = find_on_page(root, login, cli->arena, out_id, &next);
        json_close(&root);
        if (found)
            return CLI_YES;
    }
    return cli_fail(CLI_NO, "there is no user %s; 'nextring user list' shows who there is", login);
}

static int make_link(struct cli *cli, const char *login)
{
    const char *id = NULL;
    const int status = find(cli, login, &id);

    return status ? status : print_link(cli, id, (struct span){0});
}

static int change(struct cli *cli, const char *login, const char *body, const char *done)
{
    const char *id = NULL;
    struct control_answer a;

    int status = find(cli, login, &id);
    if (!status)
        status = asking_call(cli, "PATCH", asking_id_path(cli, "/api/v1/users/", id, ""),
                             span_of(body), &a);
    if (status)
        return status;
    if (cli->json)
        printf("%.*s\n", SPAN_ARG(a.body));
    else
        fprintf(stderr, "nextring: %s %s\n", login, done);
    return CLI_YES;
}

static int run(struct cli *cli)
{
    static const char *const columns[] = {"id",      "login",    "name",        "role",
                                          "tenant",  "operator", "is_disabled", "is_set_up",
                                          "seen_at", NULL};
    const char *what = asking_take_word(cli);

    if (what && strcmp(what, "add") == 0)
        return add(cli);
    if (what && strcmp(what, "list") == 0)
        return asking_list(cli, "/api/v1/users", columns);
    const bool is_link = what && strcmp(what, "link") == 0;
    const bool is_disable = what && strcmp(what, "disable") == 0;
    const bool is_enable = what && strcmp(what, "enable") == 0;
    if (!is_link && !is_disable && !is_enable)
        return cli_fail(CLI_USAGE, "say what: nextring user add, list, link, disable or enable");
    const char *login = asking_take_word(cli);
    if (!login)
        return cli_fail(CLI_USAGE, "give the login: nextring user %s LOGIN", what);
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (is_link)
        return make_link(cli, login);
    return is_disable ? change(cli, login, "{\"is_disabled\":true}", "is disabled, and signed out")
                      : change(cli, login, "{\"is_disabled\":false}", "is enabled");
}

static const struct cli_known options[] = {
    {"role", "ROLE", "what he may do", "viewer dispatcher admin"},
    {"tenant", "TENANT", "where; '*' for every one of them", NULL},
    {"name", "NAME", "as the pages show it", NULL},
    {"operator", "ID", "who of the roster he is", NULL},
    {"link", NULL, "prints his set-up link alone, in place of his id", NULL},
    {"limit", "COUNT", "of the list (100)", NULL},
    {NULL},
};

const struct cli_command cmd_user_command = {
    .name = "user",
    .run = run,
    .help = "who may sign in to the pages",
    .forms = "list\n"
             "add LOGIN --role ROLE [--tenant TENANT] [--name NAME] [--operator ID] [--link]\n"
             "link|disable|enable LOGIN",
    .acts = "list add link disable enable",
    .options = options,
    .about =
        "A set-up link is where he sets his password. It holds for two days and works once; a new\n"
        "one ends the one before. Hand it over by a way that you trust.\n",
    .examples = "nextring user add mara --role admin --link\n"
                "nextring user link mara                     he has lost it\n"
                "nextring user disable mara                  and he is signed out\n",
    .status = "0: done; 1: there is no such user",
};
