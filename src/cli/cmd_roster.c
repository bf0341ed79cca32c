#include "cli/cmd_roster.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "cli/asking.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "codec/url.h"
#include "model/limits.h"

enum { PATH_MAX_BYTES = 1024, SHOWN_BYTES = 200 };

static const char roster_path[] = "/api/v1/roster";

static const char *path_of(struct cli *cli, const char *path, const char *tenant, bool is_dry)
{
    struct buf out = buf_in(cli->arena, PATH_MAX_BYTES);

    buf_printf(&out, "%s?dry_run=%d", path, is_dry);
    if (tenant) {
        buf_add_text(&out, "&tenant=");
        url_escape(&out, span_of(tenant));
    }
    return out.full ? path : buf_span(&out).data;
}

/* ---- what is printed ---- */

static const struct {
    const char *change, *mark, *colour;
} marks[] = {
    {"changed", "~", "\033[33m"},
    {"added", "+", "\033[32m"},
    {"removed", "-", "\033[31m"},
    {"moved", ">", "\033[36m"},
};

static void print_value(struct arena *arena, const struct json *value)
{
    const struct span text = json_dump(arena, value);

    terminal_put(stdout, text.size > SHOWN_BYTES ? (struct span){text.data, SHOWN_BYTES} : text);
    if (text.size > SHOWN_BYTES)
        printf("...");
}

static void print_change(struct cli *cli, const struct json *item, bool colour)
{
    const struct span change = json_text(json_get(item, "change"));
    const struct json *before = json_get(item, "before"), *after = json_get(item, "after");
    size_t i = 0;

    while (i + 1 < sizeof marks / sizeof marks[0] && !span_is_text(change, marks[i].change))
        i++;
    printf("%s%s ", colour ? marks[i].colour : "", marks[i].mark);
    terminal_put(stdout, json_text(json_get(item, "path")));
    printf(": ");
    if (span_is_text(change, "moved"))
        printf("from place ");
    if (!span_is_text(change, "added"))
        print_value(cli->arena, before);
    if (span_is_text(change, "moved"))
        printf(" to ");
    if (span_is_text(change, "changed"))
        printf(" -> ");
    if (!span_is_text(change, "removed"))
        print_value(cli->arena, after);
    printf("%s\n", colour ? "\033[0m" : "");
}

static void print_difference(struct cli *cli, const struct json *root)
{
    const struct json *list = json_get(root, "difference");
    const bool colour = terminal_has_colour(stdout);
    int64_t more = 0;

    for (size_t i = 0; i < json_count(list); i++)
        print_change(cli, json_at(list, i), colour);
    if (json_number(json_get(root, "difference_more"), 1, INT32_MAX, &more))
        printf("... and %d more\n", (int)more);
    if (json_count(list) == 0)
        printf("nothing changes\n");
}

/* Each with its place, on stderr. The document stands in a file, after `lines_before` of it. */
static void print_mistakes(const struct json *root, const char *file, int lines_before)
{
    const struct json *list = json_get(root, "mistakes");

    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *m = json_at(list, i);
        const struct span path = json_text(json_get(m, "path"));
        const struct span help = json_text(json_get(m, "help"));
        int64_t line = 0, column = 0;
        (void)json_number(json_get(m, "line"), 0, INT32_MAX, &line);
        (void)json_number(json_get(m, "column"), 0, INT32_MAX, &column);
        fprintf(stderr, "%s:%d:%d: ", file, (int)line + lines_before, (int)column);
        terminal_put(stderr, path);
        fprintf(stderr, "%s", path.size ? ": " : "");
        terminal_put(stderr, json_text(json_get(m, "message")));
        fprintf(stderr, "%s", help.size ? "; " : "");
        terminal_put(stderr, help);
        fputc('\n', stderr);
    }
}

static void print_warnings(const struct json *root)
{
    const struct json *list = json_get(root, "warnings");

    for (size_t i = 0; i < json_count(list); i++) {
        fprintf(stderr, "note: ");
        terminal_put(stderr, json_text(json_get(json_at(list, i), "path")));
        fprintf(stderr, ": ");
        terminal_put(stderr, json_text(json_get(json_at(list, i), "message")));
        fputc('\n', stderr);
    }
}

/* ---- asking ---- */

/* The daemon's answer, parsed; its owner is the caller. An exit status but CLI_YES: it has
 * complained. */
static int get(struct cli *cli, const char *path, struct control_answer *a, struct json **out)
{
    struct json_place place;
    const int status = asking_call(cli, "GET", path, (struct span){0}, a);

    if (status)
        return status;
    if (json_parse(a->body, out, &place))
        return asking_no_json();
    return CLI_YES;
}

static int version_of(struct cli *cli, const char *tenant, int64_t *out)
{
    struct control_answer a;
    struct json *root = NULL;
    const int status = get(cli, path_of(cli, roster_path, tenant, false), &a, &root);

    if (!status)
        (void)json_number(json_get(root, "version"), 0, INT32_MAX, out);
    json_close(&root);
    return status;
}

/* Of which file the document is, where a mistake in it has its place. */
struct origin_file {
    const char *name;
    int lines_before;
};

/* Sends an edit made from `version` and prints what came of it. */
static int send(struct cli *cli, const char *method, const char *path, int64_t version,
                struct span body, const struct origin_file *file, bool is_dry)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    const char *tag =
        version ? arena_printf(cli->arena, "If-Match: \"%lld\"", (long long)version) : NULL;

    if (control_edit(cli->arena, cli->settings, method, path, tag, body, &a))
        return CLI_COULD_NOT;
    if (json_parse(a.body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon answered %d", a.status);
    const bool has_mistakes = json_count(json_get(root, "mistakes")) > 0;
    int status = CLI_YES;
    if (a.status >= 300 && !has_mistakes)
        status = asking_complain(&a);
    if (cli->json && a.status < 300)
        printf("%.*s\n", SPAN_ARG(a.body));
    else if (has_mistakes)
        print_mistakes(root, file->name, file->lines_before);
    else if (a.status < 300 || a.status == 412)
        print_difference(cli, root);
    if (a.status < 300 && !cli->json)
        print_warnings(root);
    int64_t now = 0;
    if (a.status < 300 && !is_dry && !cli->json &&
        json_number(json_get(root, "version"), 0, INT32_MAX, &now))
        printf("version %lld is in force\n", (long long)now);
    json_close(&root);
    return has_mistakes ? CLI_NO : status;
}

/* ---- the subcommands ---- */

static int show(struct cli *cli)
{
    struct control_answer a;
    struct json *root = NULL;
    const char *tenant = cli_option(cli, "tenant");
    const char *n = asking_take_word(cli);
    const char *path = n ? asking_id_path(cli, "/api/v1/rosters/", n, "") : roster_path;

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = get(cli, path_of(cli, path, tenant, false), &a, &root);
    if (status)
        return status;
    const bool is_there = json_type(json_get(root, "document")) != JSON_NULL;
    json_close(&root);
    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(a.body));
        return CLI_YES;
    }
    if (!is_there)
        return cli_fail(CLI_NO, "there is no roster yet; make one: nextring roster put FILE");
    printf("%.*s\n", SPAN_ARG(json_walk_get(a.body, "document"))); /* byte by byte as it is kept */
    return CLI_YES;
}

static int line_count(struct span blanks)
{
    int lines = 0;

    for (size_t i = 0; i < blanks.size; i++)
        lines += blanks.data[i] == '\n';
    return lines;
}

static int put(struct cli *cli)
{
    const char *tenant = cli_option(cli, "tenant");
    const char *note = cli_option(cli, "note");
    const char *named = cli_option(cli, "version");
    const bool is_dry = cli_flag(cli, "dry-run");
    const char *file = asking_take_word(cli);
    struct buf body = buf_in(cli->arena, LIMIT_ROSTER_BYTES + PATH_MAX_BYTES);
    struct json_out o = json_out(&body);
    struct json *tree = NULL;
    struct json_place place;
    struct span text;
    int64_t version = 0;

    if (!file)
        return cli_fail(CLI_USAGE,
                        "name the file: nextring roster put roster.json, or - for stdin");
    if (cli_no_more(cli))
        return CLI_USAGE;
    const char *name = strcmp(file, "-") == 0 ? "stdin" : file;
    if (!(strcmp(file, "-") == 0 ? input_read(cli->arena, stdin, LIMIT_ROSTER_BYTES, &text)
                                 : input_read_path(cli->arena, file, LIMIT_ROSTER_BYTES, &text)))
        return cli_fail(CLI_COULD_NOT, "%s cannot be read, or is above 4 MiB", name);
    if (json_parse(text, &tree, &place))
        return cli_fail(CLI_NO, "%s:%d:%d: %s", name, place.line, place.column, place.words);
    json_close(&tree);
    const struct span document = span_trim(text);
    const struct origin_file at = {
        name, line_count((struct span){text.data, (size_t)(document.data - text.data)})};
    if (named && !span_number(span_of(named), 1, INT32_MAX, &version))
        return cli_fail(CLI_USAGE, "--version %s is no number of a version", named);
    const int status = named ? CLI_YES : version_of(cli, tenant, &version);
    if (status)
        return status;
    json_out_object(&o, NULL);
    if (note)
        json_out_text(&o, "note", span_of(note));
    json_out_raw(&o, "document", document);
    json_out_end_object(&o);
    return send(cli, "PUT", path_of(cli, roster_path, tenant, is_dry), version, buf_span(&body),
                &at, is_dry);
}

static int restore(struct cli *cli)
{
    const char *tenant = cli_option(cli, "tenant");
    const bool is_dry = cli_flag(cli, "dry-run");
    const char *n = asking_take_word(cli);
    const struct origin_file at = {n ? arena_printf(cli->arena, "version %s", n) : "", 0};
    int64_t version = 0;

    if (!n)
        return cli_fail(CLI_USAGE, "say which version: nextring roster restore 3 "
                                   "(nextring roster list tells them)");
    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = version_of(cli, tenant, &version);
    if (status)
        return status;
    const char *path = asking_id_path(cli, "/api/v1/rosters/", n, "/restore");
    return send(cli, "POST", path_of(cli, path, tenant, is_dry), version, SPAN("{}"), &at, is_dry);
}

static int run(struct cli *cli)
{
    static const char *const columns[] = {"version", "is_good", "created_at",
                                          "made_by", "note",    NULL};
    const char *what = asking_take_word(cli);

    if (!what || strcmp(what, "show") == 0)
        return show(cli);
    if (strcmp(what, "put") == 0)
        return put(cli);
    if (strcmp(what, "list") == 0)
        return asking_list(cli, "/api/v1/rosters", columns);
    if (strcmp(what, "restore") == 0)
        return restore(cli);
    return cli_fail(CLI_USAGE, "say what: nextring roster show, put, list or restore");
}

static const struct cli_known options[] = {
    {"note", "WORDS", "what the new version is for", NULL},
    {"version", "NUMBER", "the one that was edited; refused when somebody came first", NULL},
    {"dry-run", NULL, "what it would change, and every mistake", NULL},
    {"tenant", "TENANT", "whose roster", NULL},
    {"limit", "COUNT", "of the list (100)", NULL},
    {NULL},
};

const struct cli_command cmd_roster_command = {
    .name = "roster",
    .run = run,
    .help = "the roster that the database keeps: shown, put, its versions, undone",
    .forms = "[show [VERSION]]\n"
             "put FILE|- [--note WORDS] [--version NUMBER] [--dry-run]\n"
             "list\n"
             "restore VERSION [--dry-run]",
    .acts = "show put list restore",
    .words = CLI_FILE,
    .options = options,
    .about =
        "show prints it byte by byte as it was put; put makes the first one, too. restore makes a\n"
        "new version with an old document.\n",
    .examples = "nextring roster show > roster.json\n"
                "nextring roster put roster.json --dry-run\n"
                "nextring roster put roster.json --note 'new numbers'\n"
                "nextring roster restore 3\n",
    .status = "0: done; 1: it has mistakes, is edited elsewhere, or somebody came first",
};
