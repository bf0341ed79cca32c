#include "cli/cmd_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "codec/json.h"
#include "codec/url.h"

enum { BODY_MAX = 8192 };

static int thread(struct cli *cli)
{
    static const char *const threads[] = {
        "id", "last_at", "line", "owner", "customer_phone", "customer_name", NULL};
    static const char *const log[] = {"created_at", "kind", "operator", "detail", NULL};
    static const char *const texts[] = {"created_at", "kind",      "delivery",
                                        "error_code", "recipient", "is_duplicate",
                                        "is_late",    "body",      NULL};
    const bool wants_texts = cli_flag(cli, "texts");
    const char *id = asking_take_word(cli);

    if (!id)
        return asking_list(cli, "/api/v1/threads", threads);
    if (wants_texts)
        return asking_list(cli, asking_id_path(cli, "/api/v1/messages?thread=", id, ""), texts);
    return asking_list(cli, asking_id_path(cli, "/api/v1/threads/", id, "/log"), log);
}

static int relay(struct cli *cli)
{
    static const char *const columns[] = {"id",           "raised_at", "kind",
                                          "state",        "step",      "customer_phone",
                                          "final_status", "acked_by",  NULL};

    return asking_list(cli, "/api/v1/relays", columns);
}

static int call(struct cli *cli)
{
    static const char *const columns[] = {
        "id", "started_at", "customer_phone", "state", "outcome", "accepted_by", NULL};

    return asking_list(cli, "/api/v1/calls", columns);
}

static int nodes(struct cli *cli)
{
    static const char *const columns[] = {"number",     "name",    "state", "version",
                                          "started_at", "seen_at", NULL};

    return asking_list(cli, "/api/v1/nodes", columns);
}

static int ack(struct cli *cli)
{
    struct control_answer a;
    const char *operator_id = cli_option(cli, "operator");
    const char *tenant = cli_option(cli, "tenant");
    const char *id = asking_take_word(cli);
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
    const char *path =
        asking_id_path(cli, "/api/v1/relays/", id, tenant ? buf_span(&query).data : "/ack");
    const int status = asking_call(cli, "POST", path, buf_span(&body), &a);
    return status ? status : asking_print_done(cli, &a);
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
    const int status = asking_call(cli, "POST", "/api/v1/tokens", buf_span(&body), &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct span made = cli->json ? a.body : json_text(json_get(root, "token"));
    printf("%.*s\n", SPAN_ARG(made));
    json_close(&root);
    return CLI_YES;
}

static int token(struct cli *cli)
{
    static const char *const columns[] = {"id", "role", "name", "created_at", "revoked_at", NULL};
    const char *what = asking_take_word(cli);
    struct control_answer a;

    if (what && strcmp(what, "add") == 0)
        return token_add(cli);
    if (what && strcmp(what, "list") == 0)
        return asking_list(cli, "/api/v1/tokens", columns);
    if (what && strcmp(what, "revoke") == 0) {
        const char *id = asking_take_word(cli);
        if (!id)
            return cli_fail(CLI_USAGE, "give the token's id: nextring token revoke ID");
        if (cli_no_more(cli))
            return CLI_USAGE;
        return asking_call(cli, "DELETE", asking_id_path(cli, "/api/v1/tokens/", id, ""),
                           (struct span){0}, &a);
    }
    return cli_fail(CLI_USAGE, "say what: nextring token add, list or revoke");
}

static int reload(struct cli *cli)
{
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "POST", "/api/v1/reload", (struct span){0}, &a);
    return status ? status : asking_print_done(cli, &a);
}

/* ---- what they are ---- */

static const struct cli_known token_options[] = {
    {"role", "ROLE", "what it may do", "viewer dispatcher admin"},
    {"tenant", "TENANT", "whose", NULL},
    {"name", "NAME", "what the list calls it", NULL},
    {"limit", "COUNT", "of the list (100)", NULL},
    {NULL},
};

const struct cli_command cmd_ask_token_command = {
    .name = "token",
    .run = token,
    .help = "tokens for the API",
    .forms = "add --role ROLE [--tenant TENANT] [--name NAME]\nlist\nrevoke ID",
    .acts = "add list revoke",
    .options = token_options,
    .about = "add prints the token alone, and once: the database has its hash only.\n",
    .examples = "TOKEN=$(nextring token add --tenant acme --role viewer --name wallboard)\n"
                "nextring token list\n"
                "nextring token revoke 06g9k2m4p0001\n",
    .status = "0: done; 1: there is no such token",
};

static const struct cli_known thread_options[] = {
    {"texts", NULL, "of one: its texts, and what became of each", NULL},
    {"state", "STATE", "of all: those alone", "open closed waiting"},
    {"tenant", "TENANT", "whose", NULL},
    {"limit", "COUNT", "how many (100)", NULL},
    {NULL},
};

const struct cli_command cmd_ask_thread_command = {
    .name = "thread",
    .run = thread,
    .help = "threads, or the log of one",
    .forms = "[--state STATE]\nID [--texts]",
    .options = thread_options,
    .about =
        "A thread is everything between one customer and one line. Its log has what happened,\n"
        "sends of which nothing is known too.\n",
    .examples = "nextring thread                        the latest ones\n"
                "nextring thread 06g9k2m4p0001          what happened in one\n"
                "nextring thread 06g9k2m4p0001 --texts\n",
    .status = "0: shown; 1: there is no such thread",
};

static const struct cli_known relay_options[] = {
    {"state", "STATE", "those alone; waiting: whom somebody must answer",
     "waiting open taken exhausted"},
    {"tenant", "TENANT", "whose", NULL},
    {"limit", "COUNT", "how many (100)", NULL},
    {NULL},
};

const struct cli_command cmd_ask_relay_command = {
    .name = "relay",
    .run = relay,
    .help = "relays and who holds them",
    .forms = "[--state STATE]",
    .options = relay_options,
    .about =
        "A relay is one text, missed call or voicemail on its way down a chain until somebody\n"
        "acknowledges it.\n",
    .examples = "nextring relay --state waiting         what nobody has taken yet\n",
    .status = NULL,
};

static const struct cli_known call_options[] = {
    {"state", "STATE", "those alone; live: those that are on",
     "live ringing accepted voicemail closed asked menu over"},
    {"tenant", "TENANT", "whose", NULL},
    {"limit", "COUNT", "how many (100)", NULL},
    {NULL},
};

const struct cli_command cmd_ask_call_command = {
    .name = "call",
    .run = call,
    .help = "calls and how they ended",
    .forms = "[--state STATE]",
    .options = call_options,
    .examples = "nextring call --state live\n",
    .status = NULL,
};

static const struct cli_known ack_options[] = {
    {"operator", "ID", "who takes it", NULL},
    {"tenant", "TENANT", "whose", NULL},
    {NULL},
};

const struct cli_command cmd_ask_ack_command = {
    .name = "ack",
    .run = ack,
    .help = "acknowledges a relay",
    .forms = "ID [--operator ID]",
    .options = ack_options,
    .about = "Its clock stops, and the chain is told who has it.\n",
    .examples = "nextring relay --state waiting         tells the ids\n"
                "nextring ack 06g9k2m4p0001 --operator backup\n",
    .status = "0: it is taken, by him or by somebody before; 1: there is no such relay",
};

const struct cli_command cmd_ask_nodes_command = {
    .name = "nodes",
    .run = nodes,
    .help = "the nodes that share the database, and which of them live",
    .examples = "nextring nodes\n",
    .status = NULL,
};

const struct cli_command cmd_ask_reload_command = {
    .name = "reload",
    .run = reload,
    .help = "has the daemon read again what it reads at its start",
    .about = "The same as SIGHUP, and says what came of it. What has a mistake stays as it was.\n",
    .examples = "nextring reload\n",
    .status = "0: in force; 1: refused, and the last good one stays in force",
};
