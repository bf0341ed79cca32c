#include "cli/cmd_tenant_take.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/progress.h"
#include "codec/url.h"

enum {
    BODY_MAX = 4096,
    TABLES_MAX = 1000,
    RECORDINGS_SOON = 10, /* so often it is asked in short order: most have few of them */
    RECORDINGS_SOON_MS = 200,
    RECORDINGS_LOOK_MS = 2000, /* each time the daemon looks through all calls */
    RECORDINGS_TRIES = 300,    /* ten minutes */
    OTHERS_MS = 3000,          /* until the other nodes know that he is gone */
};

/* ---- taking out ---- */

/* Where it goes: a folder with a file for each table, or one stream of lines. */
struct taking {
    struct cli *cli;
    const char *slug;
    const char *folder; /* NULL: stdout */
    struct buf manifest;
    struct json_out json; /* of the manifest */
    int64_t rows;         /* of the table at hand */
    int first_year;       /* in which the tenant was made */
};

static FILE *open_file(struct taking *t, const char *name)
{
    if (!t->folder)
        return stdout;
    const char *path = arena_printf(t->cli->arena, "%s/%s", t->folder, name);
    FILE *f = fopen(path, "wxe");
    if (!f)
        cli_fail(CLI_COULD_NOT, "%s cannot be written: %s", path, strerror(errno));
    return f;
}

static int close_file(const struct taking *t, FILE *f)
{
    const bool failed = ferror(f) || (t->folder ? fclose(f) : fflush(f)) != 0;

    return failed ? cli_fail(CLI_COULD_NOT, "the export cannot be written: %s", strerror(errno))
                  : CLI_YES;
}

static void print_rows(struct taking *t, FILE *f, const struct json *root, const char *table)
{
    const struct json *items = json_get(root, "items");
    struct arena *arena = arena_open(0);

    if (t->folder)
        progress_show("%s: %lld rows", table, (long long)t->rows);
    for (size_t i = 0; i < json_count(items); i++, t->rows++) {
        arena_reset(arena);
        fprintf(f, "{\"table\":\"%s\",\"row\":%.*s}\n", table,
                SPAN_ARG(json_dump(arena, json_at(items, i))));
    }
    arena_close(&arena);
}

/* One page; *next is where the following one begins, empty at the end. CLI_NO: there is no such
 * table. */
static int get_page(struct taking *t, int table, struct span after, struct control_answer *a,
                    struct arena *arena)
{
    struct cli with = *t->cli;
    struct buf path = buf_in(arena, BODY_MAX);

    with.arena = arena;
    buf_add_text(&path, asking_id_path(&with, "/api/v1/host/tenants/", t->slug, "/rows?part="));
    buf_add_number(&path, table);
    buf_add_text(&path, "&after=");
    url_escape(&path, after);
    if (control_call(arena, with.settings, "GET", buf_span(&path).data, (struct span){0}, a))
        return CLI_COULD_NOT;
    if (a->status == 404)
        return CLI_NO;
    return a->status == 200 ? CLI_YES : asking_complain(a);
}

static void note_table(struct taking *t, const char *table, bool is_left_out)
{
    json_out_object(&t->json, NULL);
    json_out_text(&t->json, "table", span_of(table));
    if (is_left_out)
        json_out_text(&t->json, "left_out", SPAN("it proves who somebody is, or opens something"));
    else
        json_out_number(&t->json, "rows", t->rows);
    json_out_end_object(&t->json);
}

static int take_table(struct taking *t, int table)
{
    struct arena *arena = arena_open(1 << 20), *kept = arena_open(0);
    struct span after = {NULL, 0};
    char name[64] = "";
    FILE *f = NULL;
    int status;

    t->rows = 0;
    do {
        struct control_answer a;
        struct json *root = NULL;
        struct json_place place;
        arena_reset(arena);
        status = get_page(t, table, after, &a, arena);
        if (!status && json_parse(a.body, &root, &place))
            status = asking_no_json();
        if (status)
            break;
        snprintf(name, sizeof name, "%.*s", SPAN_ARG(json_text(json_get(root, "table"))));
        const bool is_log = strcmp(name, "event") == 0; /* it goes with its chain */
        const bool is_left_out = json_bool(json_get(root, "is_secret"));
        if (!f && !is_log && !is_left_out)
            f = open_file(t, arena_printf(kept, "%s.jsonl", name));
        if (!f && !is_log && !is_left_out)
            status = CLI_COULD_NOT;
        else if (f)
            print_rows(t, f, root, name);
        after =
            is_log ? (struct span){NULL, 0} : arena_copy(kept, json_text(json_get(root, "next")));
        if (!status && !after.size && !is_log)
            note_table(t, name, is_left_out);
        json_close(&root);
    } while (!status && after.size);
    progress_end();
    if (f && close_file(t, f) && !status)
        status = CLI_COULD_NOT;
    arena_close(&arena);
    arena_close(&kept);
    return status;
}

/* The log of one year. */
static int take_year(struct taking *t, int year)
{
    struct buf path = buf_in(t->cli->arena, BODY_MAX);
    struct control_answer a = {0};
    int out = -1, status = CLI_YES;

    if (t->folder) { /* what is poured goes to stdout */
        FILE *f = open_file(t, arena_printf(t->cli->arena, "events-%d.jsonl", year));
        if (!f)
            return CLI_COULD_NOT;
        fflush(stdout);
        out = dup(STDOUT_FILENO);
        dup2(fileno(f), STDOUT_FILENO);
        fclose(f);
    }
    buf_printf(&path, "/api/v1/events/export?from=%d-01-01&to=%d-01-01&tenant=", year, year + 1);
    url_escape(&path, span_of(t->slug));
    if (control_pour(t->cli->arena, t->cli->settings, buf_span(&path).data, &a))
        status = cli_fail(CLI_COULD_NOT, "the export broke off: what came is not whole");
    else if (a.status != 200 && a.status != 404) /* without a roster he never had a log */
        status = asking_complain(&a);
    if (fflush(stdout) != 0 && !status)
        status = cli_fail(CLI_COULD_NOT, "the export cannot be written: %s", strerror(errno));
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        close(out);
    }
    return status;
}

static int year_now(void)
{
    const time_t now = time(NULL);
    struct tm at;

    return gmtime_r(&now, &at) ? at.tm_year + 1900 : 0;
}

/* A file for each year, as the API gives it; in a stream one after the other. */
static int take_log(struct taking *t)
{
    const int last = year_now() > t->first_year ? year_now() : t->first_year;
    int status = CLI_YES;

    for (int year = t->first_year; !status && year <= last; year++)
        status = take_year(t, year);
    return status;
}

static int first_year(struct span tenant)
{
    struct json *root = NULL;
    struct json_place place;
    int64_t year = 0;

    if (json_parse(tenant, &root, &place))
        return 0;
    struct span at = json_text(json_get(root, "created_at"));
    at.size = at.size > 4 ? 4 : at.size;
    (void)span_number(at, 2000, 9998, &year);
    json_close(&root);
    return (int)year;
}

static int begin_manifest(struct taking *t)
{
    struct control_answer a;
    const int status =
        asking_call(t->cli, "GET", asking_id_path(t->cli, "/api/v1/host/tenants/", t->slug, ""),
                    (struct span){0}, &a);

    if (status)
        return status;
    t->manifest = buf_in(t->cli->arena, 1 << 20);
    t->json = json_out(&t->manifest);
    json_out_object(&t->json, NULL);
    json_out_object(&t->json, "manifest");
    json_out_raw(&t->json, "tenant", a.body);
    t->first_year = first_year(a.body);
    json_out_text(&t->json, "log",
                  t->folder ? SPAN("events-YEAR.jsonl: nextring export --verify FILE")
                            : SPAN("the lines without a table: nextring export --verify"));
    json_out_list(&t->json, "tables");
    return CLI_YES;
}

static int end_manifest(struct taking *t)
{
    FILE *f = open_file(t, "manifest.json");

    if (!f)
        return CLI_COULD_NOT;
    json_out_end_list(&t->json);
    json_out_end_object(&t->json);
    json_out_end_object(&t->json);
    fprintf(f, "%.*s\n", SPAN_ARG(buf_span(&t->manifest)));
    return close_file(t, f);
}

int cmd_tenant_take_export(struct cli *cli, const char *slug)
{
    struct taking t = {.cli = cli, .slug = slug};
    const char *to = asking_take_word(cli);

    if (!to)
        return cli_fail(CLI_USAGE,
                        "say where to: nextring tenant export %s FOLDER, or - for stdout", slug);
    if (cli_no_more(cli))
        return CLI_USAGE;
    t.folder = strcmp(to, "-") == 0 ? NULL : to;
    int status = begin_manifest(&t);
    if (!status && t.folder && mkdir(t.folder, 0700) != 0)
        return cli_fail(CLI_COULD_NOT, "%s cannot be made: %s; name a folder that is not there yet",
                        to, strerror(errno));
    if (!status)
        status = take_log(&t);
    for (int table = 0; !status && table < TABLES_MAX; table++) {
        status = take_table(&t, table);
        if (status == CLI_NO) { /* beyond the last */
            status = CLI_YES;
            break;
        }
    }
    return status ? status : end_manifest(&t);
}

/* ---- deleting ---- */

struct leaving {
    struct cli *cli;
    const char *path, *slug, *keep;
    char phase[32], account[64];
    int64_t number, gone, recordings;
    bool is_shared;
};

static int ask(struct leaving *l, bool is_proof, struct control_answer *a)
{
    struct buf body = buf_in(l->cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);

    json_out_object(&o, NULL);
    json_out_text(&o, "confirm", span_of(l->slug));
    json_out_bool(&o, "keep_recordings", l->keep != NULL);
    if (is_proof) {
        json_out_text(&o, "number",
                      span_of(arena_printf(l->cli->arena, "%lld", (long long)l->number)));
        json_out_text(&o, "account", span_of(l->account));
    }
    json_out_end_object(&o);
    return asking_call(l->cli, "POST", l->path, buf_span(&body), a);
}

static int step(struct leaving *l)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    const int status = ask(l, false, &a);
    int64_t gone = 0;

    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    snprintf(l->phase, sizeof l->phase, "%.*s", SPAN_ARG(json_text(json_get(root, "phase"))));
    snprintf(l->account, sizeof l->account, "%.*s", SPAN_ARG(json_text(json_get(root, "account"))));
    (void)json_number(json_get(root, "number"), 1, INT32_MAX, &l->number);
    (void)json_number(json_get(root, "recordings"), 0, INT64_MAX, &l->recordings);
    (void)json_number(json_get(root, "gone"), 0, INT64_MAX, &gone);
    l->is_shared = json_bool(json_get(root, "is_shared"));
    l->gone += gone;
    json_close(&root);
    return CLI_YES;
}

static int delete_all(struct leaving *l)
{
    int tries = 0;

    do {
        const int status = step(l);
        if (status)
            return status;
        if (strcmp(l->phase, "recordings") != 0)
            continue;
        if (++tries == RECORDINGS_TRIES)
            return cli_fail(CLI_COULD_NOT,
                            "%lld recordings are still at the carrier; see 'nextring doctor', or "
                            "delete them there and say --keep-recordings. Nothing is deleted yet",
                            (long long)l->recordings);
        poll(NULL, 0, tries <= RECORDINGS_SOON ? RECORDINGS_SOON_MS : RECORDINGS_LOOK_MS);
    } while (strcmp(l->phase, "deleted") != 0);
    return CLI_YES;
}

static int print_proof(const struct leaving *l, const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return asking_no_json();
    const bool is_clean = json_bool(json_get(root, "is_clean"));
    const struct json *tables = json_get(root, "tables");
    if (l->cli->json)
        printf("%.*s\n", SPAN_ARG(a->body));
    for (size_t i = 0; !l->cli->json && i < json_count(tables); i++) {
        int64_t left = 0;
        (void)json_number(json_get(json_at(tables, i), "left"), 0, INT64_MAX, &left);
        printf("%-24.*s %10lld  %.*s\n", SPAN_ARG(json_text(json_get(json_at(tables, i), "table"))),
               (long long)left, SPAN_ARG(json_text(json_get(json_at(tables, i), "looked"))));
    }
    json_close(&root);
    if (!is_clean)
        return cli_fail(CLI_NO, "something is left, or a table is not known: say it again, and "
                                "report it if it stays so");
    fprintf(stderr,
            "nextring: %lld rows of %s are deleted, and no table has anything left. Backups, and "
            "what the carrier keeps, are not: they end with their own time\n",
            (long long)l->gone, l->slug);
    return CLI_YES;
}

int cmd_tenant_take_delete(struct cli *cli, const char *slug)
{
    struct leaving l = {.cli = cli, .slug = slug};
    const char *yes = cli_option(cli, "yes-delete");
    struct control_answer a;

    l.keep = cli_flag(cli, "keep-recordings") ? "yes" : NULL;
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!yes || strcmp(yes, slug) != 0)
        return cli_fail(CLI_USAGE,
                        "nothing brings a tenant back: take it out first (nextring tenant export), "
                        "then say --yes-delete %s",
                        slug);
    l.path = asking_id_path(cli, "/api/v1/host/tenants/", slug, "/delete");
    int status = delete_all(&l);
    if (!status && l.is_shared)
        poll(NULL, 0, OTHERS_MS);
    if (!status)
        status = ask(&l, true, &a);
    return status ? status : print_proof(&l, &a);
}
