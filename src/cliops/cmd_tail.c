#include "cliops/cmd_tail.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "cli/asking.h"
#include "cliops/event_stream.h"
#include "cliops/tail_line.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "journal/cursor.h"

enum { PATH_BYTES = 2048, LAST_DEFAULT = 10, LAST_MAX = 500, LOOK_AGAIN_MS = 1000 };

struct tail {
    struct cli *cli;
    const char *tenant;
    struct tail_line_filter filter;
    struct tail_line line;
    struct event_stream stream;
    struct json *operators;
    struct arena *scratch; /* reset after each event */
    int64_t until;         /* --no-follow: the last row to be shown; 0: none */
    bool ends;             /* --no-follow */
    bool is_done;          /* all is shown, or nobody reads it any more */
};

/* ---- where to begin ---- */

static const char *path_of(struct tail *t, struct arena *arena, const char *path)
{
    struct buf out = buf_in(arena, PATH_BYTES);

    buf_add_text(&out, path);
    if (t->tenant) {
        buf_add_text(&out, "&tenant=");
        url_escape(&out, span_of(t->tenant));
    }
    return buf_span(&out).data;
}

/* The cursor behind which `id` is the first. */
static void begin_before(struct tail *t, int64_t id)
{
    struct cursor cursor = {{0}};

    if (id > 0)
        cursor_note(&cursor, id - 1);
    cursor_render(&cursor, t->stream.id);
}

/* The latest rows of the log, newest first; their owner is the caller. */
static int read_latest(struct tail *t, int64_t count, struct json **out)
{
    const char *path = arena_printf(t->cli->arena, "/api/v1/events?limit=%d", (int)count);
    struct control_answer a;
    struct json_place place;

    const int status =
        asking_call(t->cli, "GET", path_of(t, t->cli->arena, path), (struct span){0}, &a);
    if (status)
        return status;
    return json_parse(a.body, out, &place) ? asking_no_json() : CLI_YES;
}

static int64_t id_of(const struct json *items, size_t at)
{
    int64_t id = 0;

    (void)id_parse(json_text(json_get(json_at(items, at), "id")), &id);
    return id;
}

/* Before the last `count` rows, or before the first since `since_ms`. */
static int find_place(struct tail *t, int64_t count, int64_t since_ms)
{
    struct json *root = NULL;
    const bool by_time = since_ms >= 0;
    const int status = read_latest(t, by_time || !count ? 1 : count, &root);

    if (status)
        return status;
    const struct json *items = json_get(root, "items");
    const size_t rows = json_count(items);
    const int64_t latest = rows ? id_of(items, 0) : 0;
    int64_t first = rows && count ? id_of(items, rows - 1) : latest + 1;
    if (by_time)
        first = id_floor(since_ms) <= latest ? id_floor(since_ms) : latest + 1;
    begin_before(t, first);
    t->until = latest;
    t->is_done = t->ends && first > latest;
    json_close(&root);
    return CLI_YES;
}

/* Names are a comfort: without them ids are shown. */
static void read_names(struct tail *t)
{
    struct control_answer a;
    struct json *lines = NULL;
    struct json_place place;
    struct arena *arena = t->cli->arena;
    const struct settings *s = t->cli->settings;

    if (!control_try(arena, s, "GET", path_of(t, arena, "/api/v1/operators?limit=500"),
                     (struct span){0}, &a) &&
        a.status == 200 && !json_parse(a.body, &t->operators, &place))
        t->line.operators = json_get(t->operators, "items");
    if (!control_try(arena, s, "GET", path_of(t, arena, "/api/v1/lines?limit=500"),
                     (struct span){0}, &a) &&
        a.status == 200 && !json_parse(a.body, &lines, &place))
        t->line.shows_line = json_count(json_get(lines, "items")) > 1;
    json_close(&lines);
}

/* ---- what comes ---- */

static void take_change(struct tail *t, const struct json *change, struct span data)
{
    int64_t id = 0;

    if (tail_line_is_wanted(&t->line, &t->filter, change)) {
        if (t->cli->json)
            printf("%.*s\n", SPAN_ARG(data));
        else
            tail_line_print(&t->line, t->scratch, change);
    }
    (void)id_parse(json_text(json_get(json_get(change, "event"), "id")), &id);
    t->is_done = t->ends && id >= t->until;
}

static void say_left_behind(struct tail *t)
{
    fputs("nextring: what is older is not to be had here; nextring export has it\n", stderr);
    t->is_done = t->ends;
}

/* How nextring stands is of nobody's line. */
static void take_health(const struct tail *t, const struct json *root)
{
    const struct json *health = json_get(root, "health");
    const struct tail_line_filter *f = &t->filter;

    if (t->cli->json || t->ends || f->kinds || f->line || f->operator_name)
        return;
    fputs("          * ", stdout);
    terminal_put(stdout, json_text(json_get(health, "words")));
    putchar('\n');
}

static bool take_event(void *ctx, const char *name, struct span data)
{
    struct tail *t = ctx;
    struct json *root = NULL;
    struct json_place place;

    arena_reset(t->scratch);
    if (json_parse(data, &root, &place))
        return true;
    if (strcmp(name, "change") == 0)
        take_change(t, root, data);
    else if (strcmp(name, "reload") == 0)
        say_left_behind(t);
    else if (strcmp(name, "health") == 0)
        take_health(t, root);
    json_close(&root);
    if (fflush(stdout))
        t->is_done = true; /* whoever read this has gone */
    return !t->is_done;
}

/* A comment comes every 15 s at least: whoever reads this may have gone between two events. */
static bool take_piece(void *ctx, struct span piece)
{
    struct tail *t = ctx;
    struct pollfd out = {.fd = STDOUT_FILENO};

    if (poll(&out, 1, 0) > 0 && (out.revents & POLLERR))
        t->is_done = true;
    return !t->is_done && event_stream_feed(&t->stream, piece);
}

/* ---- again and again ---- */

/* One connection; CLI_YES: it may be made again. *out_was_there tells that the daemon answered. */
static int watch(struct tail *t, bool *out_was_there)
{
    struct arena *arena = arena_open(0);
    struct control_answer a = {0};
    struct buf path = buf_in(arena, PATH_BYTES);

    event_stream_begin(&t->stream);
    buf_add_text(&path, "/api/v1/stream?after=");
    url_escape(&path, span_of(t->stream.id));
    const enum err e = control_follow(arena, t->cli->settings,
                                      path_of(t, arena, buf_span(&path).data), take_piece, t, &a);
    *out_was_there = e != ERR_NOT_FOUND;
    const bool is_refused = !e && a.status >= 400 && a.status != 503;
    const int status = is_refused ? asking_complain(&a) : CLI_YES;
    arena_close(&arena);
    return status;
}

static int follow(struct tail *t)
{
    bool was_away = false;

    while (!t->is_done) {
        bool is_there = false;
        const int status = watch(t, &is_there);
        if (status)
            return status;
        if (!is_there && !was_away)
            fputs("nextring: the daemon has gone; this goes on when it is back\n", stderr);
        was_away = !is_there;
        if (!t->is_done)
            (void)poll(NULL, 0, LOOK_AGAIN_MS);
    }
    return CLI_YES;
}

static void end(int number)
{
    (void)number;
    _exit(CLI_YES); /* each line was flushed when it was whole */
}

/* ---- what was asked ---- */

static int take_when(struct cli *cli, int64_t *out_count, int64_t *out_since_ms)
{
    const char *since = cli_option(cli, "since"), *last = cli_option(cli, "last");
    bool is_local = false;

    *out_count = LAST_DEFAULT;
    *out_since_ms = -1;
    if (since && last)
        return cli_fail(CLI_USAGE, "--since and --last both say where to begin; keep one of them");
    if (last && !span_number(span_of(last), 0, LAST_MAX, out_count))
        return cli_fail(CLI_USAGE, "--last %s is no number from 0 to %d; nextring export has all",
                        last, LAST_MAX);
    if (since && !timestamp_parse(span_of(since), out_since_ms, &is_local))
        return cli_fail(CLI_USAGE, "--since %s is no time; write 2026-11-29T03:00", since);
    if (since && is_local)
        *out_since_ms = tail_line_instant(*out_since_ms);
    return CLI_YES;
}

static int take_colour(struct cli *cli, bool *out)
{
    const char *when = cli_option(cli, "color");

    if (!when || strcmp(when, "auto") == 0)
        *out = terminal_has_colour(stdout);
    else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
        *out = when[0] == 'a';
    else
        return cli_fail(CLI_USAGE, "--color %s: say auto, always or never", when);
    return CLI_YES;
}

static int run(struct cli *cli)
{
    int64_t count, since_ms;
    struct tail t = {
        .cli = cli,
        .tenant = cli_option(cli, "tenant"),
        .filter = {.kinds = cli_option(cli, "kind"),
                   .line = cli_option(cli, "line"),
                   .operator_name = cli_option(cli, "operator"),
                   .alarms_alone = cli_flag(cli, "alarms")},
        .line = {.to = stdout},
        .ends = cli_flag(cli, "no-follow"),
    };

    int status = take_when(cli, &count, &since_ms);
    if (!status)
        status = take_colour(cli, &t.line.has_colour);
    if (!status)
        status = cli_no_more(cli);
    if (!status)
        status = find_place(&t, count, since_ms);
    if (status)
        return status;
    read_names(&t);
    t.scratch = arena_open(0);
    t.stream.arena = arena_open(0);
    t.stream.fn = take_event;
    t.stream.ctx = &t;
    signal(SIGINT, end);
    signal(SIGTERM, end);
    status = follow(&t);
    arena_close(&t.stream.arena);
    arena_close(&t.scratch);
    json_close(&t.operators);
    return status;
}

static const struct cli_known options[] = {
    {"kind", "KIND,...", "those alone: relay.lapsed, or relay for all of its kinds", NULL},
    {"line", "NUMBER", "what came to this line alone; its last digits do", NULL},
    {"operator", "WHO", "what he did, or was asked, alone; an id or a name", NULL},
    {"alarms", NULL, "what somebody must see alone", NULL},
    {"tenant", "TENANT", "whose", NULL},
    {"since", "TIME", "from then on: 2026-11-29T03:00, by this machine's clock", NULL},
    {"last", "COUNT", "from so many events ago (10)", NULL},
    {"no-follow", NULL, "ends at the last event that there is", NULL},
    {"color", "WHEN", "in colour", "auto always never"},
    {NULL},
};

const struct cli_command cmd_tail_command = {
    .name = "tail",
    .run = run,
    .help = "what happens, as it happens, a line an event",
    .forms = "[--kind KIND,...] [--line NUMBER] [--operator WHO] [--alarms] [--since TIME|--last "
             "COUNT] [--no-follow]",
    .options = options,
    .about =
        "Times are this machine's (TZ), an alarm has a mark and is red. When the daemon goes and\n"
        "comes back, it goes on where it was: nothing is left out. Ctrl-C ends it. With --json\n"
        "each line is the event with the rows that it speaks of (docs/stream.md).\n",
    .examples = "nextring tail\n"
                "nextring tail --kind relay,call.missed --line 0100\n"
                "nextring tail --alarms --since 2026-11-29T00:00 --no-follow\n"
                "nextring tail --json | jq -r .event.kind\n",
    .status = "0: ended by Ctrl-C, or all is shown; 1: there is no such tenant",
};
