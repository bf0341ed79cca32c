#include "cli/cmd_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/control.h"
#include "codec/json.h"
#include "codec/url.h"

enum { BODY_MAX = 8192 };

static int status_of(int answered)
{
    if (answered == 400)
        return CLI_USAGE;
    return answered == 404 || answered == 409 ? CLI_NO : CLI_COULD_NOT;
}

static int complain(const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon answered %d", a->status);
    const struct span message = json_text(json_get(root, "message"));
    const struct span help = json_text(json_get(root, "help"));
    const int status = cli_fail(status_of(a->status), "%.*s%s%.*s", SPAN_ARG(message),
                                help.size ? "; " : "", SPAN_ARG(help));
    json_close(&root);
    return status;
}

static int ask(struct cli *cli, const char *method, const char *path, struct span body,
               struct control_answer *out)
{
    if (control_call(cli->arena, cli->settings, method, path, body, out))
        return CLI_COULD_NOT;
    return out->status >= 300 ? complain(out) : CLI_YES;
}

/* Words of people, who may have put a terminal's commands into them. */
static void print_words(struct span words)
{
    for (size_t i = 0; i < words.size; i++) {
        const unsigned char c = (unsigned char)words.data[i];
        putchar(c < 32 || c == 127 ? '?' : c);
    }
}

static void print_value(const struct json *v)
{
    struct arena *arena = arena_open(0);

    if (json_type(v) == JSON_TEXT)
        print_words(json_text(v));
    else if (json_type(v) == JSON_NULL || json_type(v) == JSON_ABSENT)
        printf("-");
    else
        printf("%.*s", SPAN_ARG(json_dump(arena, v)));
    arena_close(&arena);
}

/* One line an item: the named columns, two spaces between. */
static void print_items(const struct json *root, const char *const *columns)
{
    const struct json *items = json_get(root, "items");

    for (size_t i = 0; i < json_count(items); i++) {
        for (const char *const *c = columns; *c; c++) {
            if (c != columns)
                printf("  ");
            print_value(json_get(json_at(items, i), *c));
        }
        putchar('\n');
    }
}

/* What was done, in the daemon's words. */
static int print_done(const struct cli *cli, const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon's answer is no JSON");
    if (cli->json)
        printf("%.*s", SPAN_ARG(a->body));
    else
        print_words(json_text(json_get(root, "message")));
    putchar('\n');
    json_close(&root);
    return CLI_YES;
}

static int list(struct cli *cli, const char *path, const char *const *columns)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    const char *tenant = cli_option(cli, "tenant");
    const char *state = cli_option(cli, "state");
    struct buf query = buf_in(cli->arena, 1024);

    if (cli_no_more(cli))
        return CLI_USAGE;
    buf_printf(&query, "%s%climit=100", path, strchr(path, '?') ? '&' : '?');
    if (tenant) {
        buf_add_text(&query, "&tenant=");
        url_escape(&query, span_of(tenant));
    }
    if (state) {
        buf_add_text(&query, "&state=");
        url_escape(&query, span_of(state));
    }
    const int status = ask(cli, "GET", query.data, (struct span){0}, &a);
    if (status)
        return status;
    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(a.body));
        return CLI_YES;
    }
    if (json_parse(a.body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon's answer is no JSON");
    print_items(root, columns);
    json_close(&root);
    return CLI_YES;
}

static bool takes_next(const char *argument)
{
    return argument[0] == '-' && !strchr(argument, '=');
}

static char *take_word(struct cli *cli)
{
    for (int i = 0; i < cli->argc; i++)
        if (cli->argv[i][0] != '-' && (i == 0 || !takes_next(cli->argv[i - 1]))) {
            char *word = cli->argv[i];
            memmove(&cli->argv[i], &cli->argv[i + 1],
                    sizeof *cli->argv * (size_t)(cli->argc - i - 1));
            cli->argc--;
            return word;
        }
    return NULL;
}

static const char *id_path(struct cli *cli, const char *prefix, const char *id, const char *rest)
{
    struct buf path = buf_in(cli->arena, 512);

    buf_add_text(&path, prefix);
    url_escape(&path, span_of(id));
    buf_add_text(&path, rest);
    return buf_span(&path).data;
}

int cmd_ask_thread(struct cli *cli)
{
    static const char *const threads[] = {
        "id", "last_at", "line", "owner", "customer_phone", "customer_name", NULL};
    static const char *const log[] = {"created_at", "kind", "operator", "detail", NULL};
    static const char *const texts[] = {"created_at", "kind",      "delivery",
                                        "error_code", "recipient", "is_duplicate",
                                        "is_late",    "body",      NULL};
    const bool wants_texts = cli_flag(cli, "texts");
    const char *id = take_word(cli);

    if (!id)
        return list(cli, "/api/v1/threads", threads);
    if (wants_texts)
        return list(cli, id_path(cli, "/api/v1/messages?thread=", id, ""), texts);
    return list(cli, id_path(cli, "/api/v1/threads/", id, "/log"), log);
}

int cmd_ask_relay(struct cli *cli)
{
    static const char *const columns[] = {"id",           "raised_at", "kind",
                                          "state",        "step",      "customer_phone",
                                          "final_status", "acked_by",  NULL};

    return list(cli, "/api/v1/relays", columns);
}

int cmd_ask_call(struct cli *cli)
{
    static const char *const columns[] = {
        "id", "started_at", "customer_phone", "state", "outcome", "accepted_by", NULL};

    return list(cli, "/api/v1/calls", columns);
}

int cmd_ask_tail(struct cli *cli)
{
    static const char *const columns[] = {"created_at", "kind", "operator", "detail", NULL};

    return list(cli, "/api/v1/events", columns);
}

int cmd_ask_ack(struct cli *cli)
{
    struct control_answer a;
    const char *operator_id = cli_option(cli, "operator");
    const char *tenant = cli_option(cli, "tenant");
    const char *id = take_word(cli);
    struct buf body = buf_in(cli->arena, BODY_MAX), query = buf_in(cli->arena, 512);
    struct json_out o = json_out(&body);

    buf_add_text(&query, "/ack?tenant=");
    if (!id)
        return cli_fail(CLI_USAGE, "give the relay's id: nextring ack ID [--operator ID]");
    if (cli_no_more(cli))
        return CLI_USAGE;
    json_out_object(&o, NULL);
    if (operator_id)
        json_out_text(&o, "operator", span_of(operator_id));
    json_out_end_object(&o);
    if (tenant)
        url_escape(&query, span_of(tenant));
    const char *path = id_path(cli, "/api/v1/relays/", id, tenant ? buf_span(&query).data : "/ack");
    const int status = ask(cli, "POST", path, buf_span(&body), &a);
    return status ? status : print_done(cli, &a);
}

static int token_add(struct cli *cli)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    const char *tenant = cli_option(cli, "tenant");
    const char *role = cli_option(cli, "role");
    const char *name = cli_option(cli, "name");
    struct buf body = buf_in(cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!role)
        return cli_fail(CLI_USAGE,
                        "say what it may do: --role viewer, --role dispatcher or --role admin");
    json_out_object(&o, NULL);
    if (tenant)
        json_out_text(&o, "tenant", span_of(tenant));
    json_out_text(&o, "role", span_of(role));
    json_out_text(&o, "name", span_of(name ? name : role));
    json_out_end_object(&o);
    const int status = ask(cli, "POST", "/api/v1/tokens", buf_span(&body), &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon's answer is no JSON");
    const struct span token = json_text(json_get(root, "token"));
    printf("%.*s\n", cli->json ? (int)a.body.size : (int)token.size,
           cli->json ? a.body.data : token.data);
    json_close(&root);
    return CLI_YES;
}

int cmd_ask_token(struct cli *cli)
{
    static const char *const columns[] = {"id", "role", "name", "created_at", "revoked_at", NULL};
    const char *what = take_word(cli);
    struct control_answer a;

    if (what && strcmp(what, "add") == 0)
        return token_add(cli);
    if (what && strcmp(what, "list") == 0)
        return list(cli, "/api/v1/tokens", columns);
    if (what && strcmp(what, "revoke") == 0) {
        const char *id = take_word(cli);
        if (!id)
            return cli_fail(CLI_USAGE, "give the token's id: nextring token revoke ID");
        if (cli_no_more(cli))
            return CLI_USAGE;
        return ask(cli, "DELETE", id_path(cli, "/api/v1/tokens/", id, ""), (struct span){0}, &a);
    }
    return cli_fail(CLI_USAGE, "say what: nextring token add, list or revoke");
}

int cmd_ask_reload(struct cli *cli)
{
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = ask(cli, "POST", "/api/v1/reload", (struct span){0}, &a);
    return status ? status : print_done(cli, &a);
}
