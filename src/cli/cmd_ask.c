#include "cli/cmd_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/url.h"

enum { BODY_MAX = 8192, JOBS_MAX = 1 << 20, JOB_BODY_MAX = 65536 };

int cmd_ask_thread(struct cli *cli)
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

int cmd_ask_relay(struct cli *cli)
{
    static const char *const columns[] = {"id",           "raised_at", "kind",
                                          "state",        "step",      "customer_phone",
                                          "final_status", "acked_by",  NULL};

    return asking_list(cli, "/api/v1/relays", columns);
}

int cmd_ask_call(struct cli *cli)
{
    static const char *const columns[] = {
        "id", "started_at", "customer_phone", "state", "outcome", "accepted_by", NULL};

    return asking_list(cli, "/api/v1/calls", columns);
}

int cmd_ask_tail(struct cli *cli)
{
    static const char *const columns[] = {"created_at", "kind", "operator", "detail", NULL};

    return asking_list(cli, "/api/v1/events", columns);
}

int cmd_ask_nodes(struct cli *cli)
{
    static const char *const columns[] = {"number",     "name",    "state", "version",
                                          "started_at", "seen_at", NULL};

    return asking_list(cli, "/api/v1/nodes", columns);
}

int cmd_ask_ack(struct cli *cli)
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

static int job_move(struct cli *cli)
{
    struct control_answer a;
    const char *fields[] = {"by", "to", "note"};
    const char *tenant = cli_option(cli, "tenant");
    const char *values[3];
    struct buf body = buf_in(cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);

    for (int i = 0; i < 3; i++)
        values[i] = cli_option(cli, fields[i]);
    const char *id = asking_take_word(cli), *action = asking_take_word(cli);
    if (!id || !action)
        return cli_fail(CLI_USAGE, "say which and how: nextring job move ID complete");
    if (cli_no_more(cli))
        return CLI_USAGE;
    json_out_object(&o, NULL);
    json_out_text(&o, "action", span_of(action));
    for (int i = 0; i < 3; i++)
        if (values[i])
            json_out_text(&o, fields[i], span_of(values[i]));
    json_out_end_object(&o);
    const char *rest = tenant ? arena_printf(cli->arena, "?tenant=%s", tenant) : "";
    const int status = asking_call(cli, "PATCH", asking_id_path(cli, "/api/v1/jobs/", id, rest),
                                   buf_span(&body), &a);
    if (status)
        return status;
    if (cli->json)
        printf("%.*s\n", SPAN_ARG(a.body));
    return CLI_YES;
}

/* Each mistake with its place, on stderr. */
static void print_mistakes(const struct json *root, const char *file)
{
    const struct json *list = json_get(root, "mistakes");
    const char *name = strcmp(file, "-") == 0 ? "stdin" : file;

    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *m = json_at(list, i);
        const struct span field = json_text(json_get(m, "field"));
        int64_t line = 0, column = 0;
        (void)json_number(json_get(m, "line"), 0, INT32_MAX, &line);
        (void)json_number(json_get(m, "column"), 0, INT32_MAX, &column);
        cli_fail(0, "%s:%lld:%lld: %.*s%s%.*s", name, (long long)line, (long long)column,
                 SPAN_ARG(field), field.size ? ": " : "",
                 SPAN_ARG(json_text(json_get(m, "message"))));
    }
}

/* `file` NULL: the body is made of options, and a mistake has no place in it. The daemon's answer
 * is parsed into *out_root, whose owner is the caller, unless it failed. */
static int send_jobs(struct cli *cli, const char *path, const char *type, struct span body,
                     const char *file, struct control_answer *a, struct json **out_root)
{
    struct json_place place;

    if (control_send(cli->arena, cli->settings, path, type, body, a))
        return CLI_COULD_NOT;
    if (json_parse(a->body, out_root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon answered %d", a->status);
    if (a->status < 300)
        return CLI_YES;
    const bool placed = file && json_count(json_get(*out_root, "mistakes")) > 0;
    const int status = placed ? asking_status(a->status) : asking_complain(a);
    if (placed)
        print_mistakes(*out_root, file);
    json_close(out_root);
    return status;
}

static const char *of_tenant(struct cli *cli, const char *path, bool partial)
{
    const char *tenant = cli_option(cli, "tenant");
    struct buf out = buf_in(cli->arena, 512);

    buf_printf(&out, "%s?partial=%d", path, partial);
    if (tenant) {
        buf_add_text(&out, "&tenant=");
        url_escape(&out, span_of(tenant));
    }
    return buf_span(&out).data;
}

/* "+16195550141", or "Ben=+16195550141". */
static void add_people(struct cli *cli, struct json_out *o, const char *option, const char *field)
{
    const char *text = cli_option(cli, option);

    if (!text)
        return;
    json_out_list(o, field);
    for (; text; text = cli_option(cli, option)) {
        const char *equals = strrchr(text, '=');
        json_out_object(o, NULL);
        if (equals)
            json_out_text(o, "name", (struct span){text, (size_t)(equals - text)});
        json_out_text(o, "phone", span_of(equals ? equals + 1 : text));
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

/* A job out of options named as its fields, with - for _; false: there were none. */
static bool job_of_options(struct cli *cli, struct buf *body)
{
    static const struct {
        const char *option, *field;
    } texts[] = {
        {"job-id", "job_id"},
        {"state", "state"},
        {"title", "title"},
        {"notes", "notes"},
        {"address", "address"},
        {"customer-phone", "customer_phone"},
        {"customer-name", "customer_name"},
        {"language", "language"},
        {"priority", "priority"},
        {"operator", "operator"},
        {"line", "line"},
        {"claim-seconds", "claim_seconds"},
        {"progress-seconds", "progress_seconds"},
    };
    struct json_out o = json_out(body);
    const int before = cli->argc;

    json_out_object(&o, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *value = cli_option(cli, texts[i].option);
        if (value)
            json_out_text(&o, texts[i].field, span_of(value));
    }
    add_people(cli, &o, "crew", "crew");
    add_people(cli, &o, "stakeholder", "stakeholders");
    json_out_end_object(&o);
    return cli->argc < before;
}

static bool read_jobs(struct cli *cli, const char *file, struct span *out)
{
    const bool good = strcmp(file, "-") == 0 ? input_read(cli->arena, stdin, JOBS_MAX, out)
                                             : input_read_path(cli->arena, file, JOBS_MAX, out);

    if (!good)
        cli_fail(CLI_COULD_NOT, "%s cannot be read, or is above 1 MiB", file);
    return good;
}

static int job_add(struct cli *cli)
{
    struct control_answer a;
    struct json *root = NULL;
    const char *path = of_tenant(cli, "/api/v1/jobs", false);
    struct buf made = buf_in(cli->arena, JOB_BODY_MAX);
    const bool by_options = job_of_options(cli, &made);
    const char *file = asking_take_word(cli);
    struct span body = buf_span(&made);

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (by_options ? file != NULL : !file)
        return cli_fail(CLI_USAGE, "give either a file of one job, or its fields: nextring job add "
                                   "--title 'Boiler' --crew Ben=+16195550141");
    if (file && !read_jobs(cli, file, &body))
        return CLI_COULD_NOT;
    const int status = send_jobs(cli, path, "application/json", body, file, &a, &root);
    if (status)
        return status;
    if (cli->json)
        printf("%.*s", SPAN_ARG(a.body));
    else
        asking_print_words(json_text(json_get(root, "job_id")));
    putchar('\n');
    json_close(&root);
    return CLI_YES;
}

static bool is_table(const char *file)
{
    const struct span name = span_of(file);

    return name.size > 4 && span_is_nocase(span_skip(name, name.size - 4), SPAN(".csv"));
}

static int job_import(struct cli *cli)
{
    struct control_answer a;
    struct json *root = NULL;
    const bool csv = cli_flag(cli, "csv"), partial = cli_flag(cli, "partial");
    const char *path = of_tenant(cli, "/api/v1/jobs/import", partial);
    const char *file = asking_take_word(cli);
    struct span body;

    if (!file)
        return cli_fail(CLI_USAGE, "name the file: nextring job import jobs.csv, or - for stdin");
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!read_jobs(cli, file, &body))
        return CLI_COULD_NOT;
    const char *type = csv || is_table(file) ? "text/csv" : "application/json";
    const int status = send_jobs(cli, path, type, body, file, &a, &root);
    if (status)
        return status;
    const bool has_mistakes = json_count(json_get(root, "mistakes")) > 0;
    print_mistakes(root, file);
    json_close(&root);
    (void)asking_print_done(cli, &a);
    return has_mistakes ? CLI_NO : CLI_YES;
}

int cmd_ask_job(struct cli *cli)
{
    static const char *const columns[] = {"job_id",     "state",     "priority", "customer_phone",
                                          "claimed_by", "exception", "title",    NULL};
    static const char *const log[] = {"created_at", "kind",   "recipient",
                                      "delivery",   "detail", NULL};
    const char *what = asking_take_word(cli);

    if (!what || strcmp(what, "list") == 0)
        return asking_list(cli, "/api/v1/jobs", columns);
    if (strcmp(what, "show") == 0) {
        const char *id = asking_take_word(cli);
        if (!id)
            return cli_fail(CLI_USAGE, "give the job's id: nextring job show ID");
        return asking_list(cli, asking_id_path(cli, "/api/v1/jobs/", id, "/log"), log);
    }
    if (strcmp(what, "move") == 0)
        return job_move(cli);
    if (strcmp(what, "add") == 0)
        return job_add(cli);
    if (strcmp(what, "import") == 0)
        return job_import(cli);
    return cli_fail(CLI_USAGE, "say what: nextring job list, show, add, import or move");
}

int cmd_ask_reload(struct cli *cli)
{
    struct control_answer a;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = asking_call(cli, "POST", "/api/v1/reload", (struct span){0}, &a);
    return status ? status : asking_print_done(cli, &a);
}
