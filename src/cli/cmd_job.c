#include "cli/cmd_job.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/url.h"

enum { BODY_MAX = 8192, JOBS_MAX = 1 << 20, JOB_BODY_MAX = 65536 };

static int move(struct cli *cli)
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

static int add(struct cli *cli)
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

static int import(struct cli *cli)
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

static int run(struct cli *cli)
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
        return move(cli);
    if (strcmp(what, "add") == 0)
        return add(cli);
    if (strcmp(what, "import") == 0)
        return import(cli);
    return cli_fail(CLI_USAGE, "say what: nextring job list, show, add, import or move");
}

/* ---- what it is ---- */

static const struct cli_known options[] = {
    {"state", "STATE", "of list: those alone, active: those that are not over; of add: the first",
     "active pending assigned in-progress completed cancelled"},
    {"job-id", "ID", "of add: its id; without it one is made", NULL},
    {"title", "WORDS", "of add", NULL},
    {"notes", "WORDS", "of add", NULL},
    {"address", "WORDS", "of add: where it is done", NULL},
    {"customer-phone", "NUMBER", "of add", NULL},
    {"customer-name", "NAME", "of add", NULL},
    {"language", "CODE", "of add: in which people named on it are told", NULL},
    {"priority", "PRIORITY", "of add", "low normal high urgent"},
    {"operator", "ID", "of add: its dispatcher", NULL},
    {"line", "NUMBER", "of add: by which line people are told", NULL},
    {"claim-seconds", "SECONDS", "of add: in which the crew must claim it", NULL},
    {"progress-seconds", "SECONDS", "of add: after which silence is an exception", NULL},
    {"crew", "[NAME=]NUMBER", "of add, as often as there are people", NULL},
    {"stakeholder", "[NAME=]NUMBER", "of add, as often as there are people", NULL},
    {"csv", NULL, "of import: it is a table, whatever its name", NULL},
    {"partial", NULL, "of import: leaves out what has mistakes or is there", NULL},
    {"by", "WHO", "of move: who does it, an operator or a number", NULL},
    {"to", "WHO", "of move: to whom it goes", NULL},
    {"note", "WORDS", "of move", NULL},
    {"tenant", "TENANT", "whose", NULL},
    {"limit", "COUNT", "of a list (100)", NULL},
    {NULL},
};

const struct cli_command cmd_job_command = {
    .name = "job",
    .run = run,
    .help = "jobs: which there are, what happened to one, new ones, and the next move",
    .forms = "[list [--state STATE]]\n"
             "show ID\n"
             "add FILE|-\n"
             "add [--title WORDS] [--customer-phone NUMBER] [--crew [NAME=]NUMBER]...\n"
             "import [--csv] [--partial] FILE|-\n"
             "move ID ACTION [--by WHO] [--to WHO] [--note WORDS]",
    .acts = "list show add import move",
    .words = CLI_FILE,
    .options = options,
    .about = "show is its timeline: moves, texts and their fate, calls. add prints its id. import "
             "takes\n"
             "a list as JSON or a table, all of it or nothing. docs/jobs.md has the fields and "
             "actions.\n",
    .examples = "nextring job list --state assigned\n"
                "nextring job add --title Boiler --customer-phone +16195550151 --crew "
                "Ben=+16195550141\n"
                "nextring job add - < job.json\n"
                "nextring job import jobs.csv\n"
                "nextring job move 17 'hand over' --by +16195550141 --to +16195550142\n",
    .status = "0: done; 1: there is no such job, it cannot move like that, or rows had mistakes",
};
