#include "cli/cmd_export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/control.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "journal/journal_check.h"

enum {
    QUERY_BYTES = 1024,
    ANSWER_BYTES = 4096,
    RECORD_BYTES_MAX = 1 << 20,
    RECORD_LINES_MAX = 1000
};

/* ---- the proof ---- */

struct file {
    FILE *in;
    char *line;
    size_t room;
};

/* The next line, or in CSV the next record: quotes may hold line ends. False: there is no more. */
static bool next_record(struct file *f, enum journal_format format, struct buf *out, int *out_lines)
{
    bool quoted = false;

    *out_lines = 0;
    do {
        const ssize_t size = getline(&f->line, &f->room, f->in);
        if (size < 0)
            break;
        buf_add(out, (struct span){f->line, (size_t)size});
        ++*out_lines;
        for (ssize_t i = 0; format == JOURNAL_CSV && i < size; i++)
            quoted ^= f->line[i] == '"';
    } while (quoted && !out->full && *out_lines < RECORD_LINES_MAX);
    return *out_lines > 0;
}

/* A file of ours begins with the names of its columns, or with a brace. */
static enum journal_format format_of(FILE *in)
{
    const int first = getc(in);

    (void)ungetc(first, in);
    return first == '{' ? JOURNAL_JSONL : JOURNAL_CSV;
}

/* A tenant's export has other tables' rows beside the log's (cli/cmd_tenant_take.h). */
static bool is_beside(struct span record)
{
    return span_starts(record, SPAN("{\"table\":")) || span_starts(record, SPAN("{\"manifest\":"));
}

static struct journal_check check_all(FILE *in)
{
    struct journal_check check = {.line = 0};
    struct file f = {.in = in};
    struct arena *arena = arena_open(0);
    const enum journal_format format = format_of(in);

    for (;;) {
        int lines;
        arena_reset(arena);
        struct buf record = buf_in(arena, RECORD_BYTES_MAX);
        if (!next_record(&f, format, &record, &lines))
            break;
        if (is_beside(buf_span(&record))) {
            check.line += lines;
            continue;
        }
        journal_check_line(&check, format, arena, buf_span(&record), lines);
    }
    journal_check_end(&check);
    free(f.line);
    arena_close(&arena);
    return check;
}

static void add_instant(struct json_out *o, const char *key, int64_t at_ms)
{
    char text[TIMESTAMP_SIZE];

    if (!at_ms) {
        json_out_null(o, key);
        return;
    }
    timestamp_render(at_ms, text);
    json_out_text(o, key, span_of(text));
}

static void print_json(struct cli *cli, const struct journal_check *c)
{
    struct buf out = buf_in(cli->arena, ANSWER_BYTES);
    struct json_out o = json_out(&out);

    json_out_object(&o, NULL);
    json_out_bool(&o, "is_whole", c->why == NULL);
    json_out_number(&o, "count", c->count);
    json_out_number(&o, "unchained", c->unchained);
    add_instant(&o, "first_at", c->first_ms);
    add_instant(&o, "last_at", c->last_ms);
    if (c->why)
        json_out_number(&o, "broken_line", c->broken_line);
    else
        json_out_null(&o, "broken_line");
    json_out_text_or_null(&o, "words", c->why ? span_of(c->why) : (struct span){NULL, 0});
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static int say(struct cli *cli, const char *path, const struct journal_check *c)
{
    if (cli->json) {
        print_json(cli, c);
        return c->why ? CLI_NO : CLI_YES;
    }
    if (c->why) {
        printf("%s:%lld: %s\n", path, (long long)c->broken_line, c->why);
        return CLI_NO;
    }
    printf("whole: %lld rows", (long long)c->count);
    if (c->unchained)
        printf(", %lld of them from before the log had a chain", (long long)c->unchained);
    printf("\n");
    return CLI_YES;
}

static int verify(struct cli *cli, const char *path)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(path, "r");

    if (!in)
        return cli_fail(CLI_COULD_NOT, "%s cannot be read: %s", path, strerror(errno));
    const struct journal_check check = check_all(in);
    const bool failed = ferror(in) != 0;
    if (!is_stdin)
        fclose(in);
    if (failed)
        return cli_fail(CLI_COULD_NOT, "%s cannot be read to its end", path);
    return say(cli, is_stdin ? "stdin" : path, &check);
}

/* ---- the file ---- */

static int export_it(struct cli *cli)
{
    static const char *const names[] = {"from", "to", "format", "tenant"};
    struct buf path = buf_in(cli->arena, QUERY_BYTES);
    struct control_answer a = {0};
    char mark = '?';

    buf_add_text(&path, "/api/v1/events/export");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = cli_option(cli, names[i]);
        if (!value)
            continue;
        buf_printf(&path, "%c%s=", mark, names[i]);
        url_escape(&path, span_of(value));
        mark = '&';
    }
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (path.full)
        return cli_fail(CLI_USAGE, "an option is too long");
    const enum err e = control_pour(cli->arena, cli->settings, buf_span(&path).data, &a);
    if (e == ERR_UNSURE)
        return cli_fail(CLI_COULD_NOT, "the export broke off: what came is not whole");
    if (e)
        return CLI_COULD_NOT;
    if (a.status != 200)
        return asking_complain(&a);
    return fflush(stdout) ? cli_fail(CLI_COULD_NOT, "stdout cannot be written") : CLI_YES;
}

static int run(struct cli *cli)
{
    const char *path = cli_option(cli, "verify");

    if (!path)
        return export_it(cli);
    return cli_no_more(cli) ? CLI_USAGE : verify(cli, path);
}

static const struct cli_known options[] = {
    {"from", "TIME", "an instant, or a day in UTC (30 days before the end)", NULL},
    {"to", "TIME", "up to then (now)", NULL},
    {"format", "FORMAT", "jsonl, or csv for a spreadsheet", "jsonl csv"},
    {"tenant", "TENANT", "whose log", NULL},
    {"verify", "FILE", "proves such a file, - for stdin; needs no daemon", CLI_FILE},
    {NULL},
};

const struct cli_command cmd_export_command = {
    .name = "export",
    .run = run,
    .help = "the log as a file that proves itself, and the proof",
    .forms = "[--from TIME] [--to TIME] [--format FORMAT] [--tenant TENANT] > FILE\n"
             "--verify FILE",
    .options = options,
    .about = "Each row comes with its hash, which holds the one before. A row that was changed, "
             "removed,\n"
             "added or moved is named by its line.\n",
    .examples = "nextring export --from 2026-11-01 --to 2026-12-01 > november.jsonl\n"
                "nextring export --format csv > log.csv\n"
                "nextring export --verify november.jsonl\n",
    .status = "0: done, or whole; 1: not whole",
};
