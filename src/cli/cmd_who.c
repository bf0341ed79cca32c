#include "cli/cmd_who.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "cli/cmd_local.h"
#include "cli/cmd_who_said.h"
#include "cli/findings.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "model/wall.h"
#include "rules/moment.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "rules/shifts.h"

enum {
    OUT_MAX = 1 << 20,
    NAME_COLUMNS = 15,
    WEEK_DAYS = 7,
    DAY_CELLS = 8, /* of three hours: a week takes 79 columns */
    CELL_LOOKS = 12,
    WEEK_CELLS = WEEK_DAYS * DAY_CELLS,
    GAPS_MAX = 50,
};

static const int64_t look_ms = 15 * 60000, cell_ms = 3 * 3600000, day_ms = 86400000;
static const char green[] = "\033[32m", red[] = "\033[1;31m", plain[] = "\033[0m";

/* How many of a cell's looks each operator is on duty, and how many find nobody. */
struct week {
    int64_t from_ms[WEEK_CELLS];
    uint8_t on[LIMIT_OPERATORS][WEEK_CELLS], nobody[WEEK_CELLS];
    bool named[LIMIT_OPERATORS]; /* stands on the chain, or in for somebody of it */
    struct stretch gaps[GAPS_MAX];
    int gap_count;
};

/* What the clocks of the tenant show. */
static int64_t to_instant(const struct roster *roster, int64_t local_ms)
{
    return roster->zone ? wall_instant(roster->zone, local_ms, WALL_FIRST) : local_ms;
}

static int64_t to_local(const struct roster *roster, int64_t at_ms)
{
    return roster->zone ? wall_time(roster->zone, at_ms) : at_ms;
}

/* ---- at an instant ---- */

/* What was asked, and by what it is answered. */
struct asked {
    const struct roster *roster;
    const struct line *line;
    const char *job;
    int64_t at_ms;
    struct cmd_who_said said;
};

/* Until when each is on duty at the line, as far as is known; 0: not at all, or by his job alone.
 */
struct ends {
    int64_t ms[LIMIT_OPERATORS];
};

static void find_ends(struct cli *cli, const struct asked *a, struct ends *out)
{
    static const int64_t ahead_ms = SCHEDULE_AHEAD_DAYS * INT64_C(86400000);
    struct shifts *shifts = ARENA_NEW(cli->arena, struct shifts);

    shifts_find(cli->arena, a->roster, a->line, a->said.duties, a->at_ms, a->at_ms + ahead_ms,
                shifts);
    for (int i = 0; i < a->roster->operator_count; i++) {
        const int64_t until_ms = shifts_until(shifts, i, a->at_ms);
        out->ms[i] = until_ms == a->at_ms ? 0 : until_ms;
    }
}

static void print_until(struct cli *cli, const struct asked *a, int64_t until_ms)
{
    if (until_ms && until_ms != INT64_MAX)
        printf(", until %.*s",
               SPAN_ARG(moment_words(cli->arena, a->roster->zone, until_ms, a->at_ms)));
}

static void print_rung(struct cli *cli, struct json_out *o, const struct asked *a,
                       const struct ends *ends, const struct rung *r, bool taken, int place)
{
    const struct roster *roster = a->roster;
    const int i = roster_operator_by_id(roster, span_of(r->operator_id));
    const char *name = i >= 0 ? roster->operators[i].name : r->operator_id;
    const int64_t until_ms = taken && i >= 0 ? ends->ms[i] : 0;
    char until[TIMESTAMP_SIZE];

    if (!cli->json) {
        if (taken) {
            printf("%2d. %-24s rings %d s, texts wait %d s   %s", place, name, r->ring_s,
                   (int)r->ack_s, reason_words(r->reason));
            print_until(cli, a, until_ms);
            putchar('\n');
        } else
            printf(" -  %-24s left out: %s\n", name, reason_words(r->reason));
        return;
    }
    timestamp_render(until_ms == INT64_MAX ? 0 : until_ms, until);
    json_out_object(o, NULL);
    json_out_text(o, "operator", span_of(r->operator_id));
    json_out_text(o, "name", span_of(name));
    json_out_bool(o, "is_taken", taken);
    json_out_number(o, "step", r->step + 1);
    json_out_text(o, "reason", span_of(reason_name(r->reason)));
    json_out_text(o, "words", span_of(reason_words(r->reason)));
    json_out_text_or_null(o, "until",
                          until_ms && until_ms != INT64_MAX ? span_of(until) : span_of(NULL));
    json_out_end_object(o);
}

static void print_source(const struct asked *a)
{
    const size_t count = a->said.duties ? a->said.duties->count : 0;

    if (a->job)
        printf("How many open threads each owns is not known here: of several for a job, the order "
               "written.\n");
    if (!a->said.by_daemon)
        printf("No daemon answers: by the files alone, without what operators said by text.\n");
    else if (count > 0)
        printf("By the roster, and by what operators said to the daemon.\n");
    else
        printf("By the roster; the daemon knows of nothing that operators said.\n");
}

static void json_source(struct json_out *o, const struct asked *a)
{
    json_out_text(o, "source", a->said.by_daemon ? SPAN("daemon") : SPAN("files"));
    json_out_bool(o, "counts_load", false);
    json_out_text(o, "line", span_of(a->line->number));
    if (a->roster->zone)
        json_out_text(o, "time_zone", span_of(a->roster->zone->name));
}

static int print_instant(struct cli *cli, const struct asked *a)
{
    struct plan *plan = ARENA_NEW(cli->arena, struct plan);
    struct ends *ends = ARENA_NEW(cli->arena, struct ends);
    struct buf out = buf_in(cli->arena, OUT_MAX);
    struct json_out o = json_out(&out);
    char at[TIMESTAMP_SIZE];
    const struct route_ask ask = {
        .line = a->line,
        .job = span_of(a->job),
        .job_operator = span_of(a->said.job_operator),
        .duties = a->said.duties,
        .for_call = true,
    };

    route_plan(a->roster, &ask, a->at_ms, plan);
    find_ends(cli, a, ends);
    timestamp_render(a->at_ms, at);
    json_out_object(&o, NULL);
    json_source(&o, a);
    json_out_text(&o, "at", span_of(at));
    json_out_list(&o, "plan");
    for (int i = 0; i < plan->count; i++)
        print_rung(cli, &o, a, ends, &plan->rungs[i], true, i + 1);
    for (int i = 0; i < plan->out_count; i++)
        print_rung(cli, &o, a, ends, &plan->out[i], false, 0);
    json_out_end_list(&o);
    json_out_end_object(&o);
    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    } else {
        if (plan->count == 0)
            printf("Nobody is on duty.\n");
        print_source(a);
    }
    return plan->count ? CLI_YES : CLI_NO;
}

/* ---- a week ---- */

static void look(const struct asked *a, int64_t at_ms, int cell, struct plan *plan, struct week *w)
{
    const struct roster *roster = a->roster;
    const struct route_ask ask = {.line = a->line, .duties = a->said.duties};

    route_plan(roster, &ask, at_ms, plan);
    w->nobody[cell] = (uint8_t)(w->nobody[cell] + (plan->count == 0));
    for (int i = 0; i < plan->count + plan->out_count; i++) {
        const bool on = i < plan->count;
        const struct rung *r = on ? &plan->rungs[i] : &plan->out[i - plan->count];
        const int o = roster_operator_by_id(roster, span_of(r->operator_id));
        w->named[o] = true;
        w->on[o][cell] = (uint8_t)(w->on[o][cell] + on);
    }
}

static void find_gaps(const struct asked *a, int64_t from_ms, int64_t to_ms, struct week *w)
{
    while (w->gap_count < GAPS_MAX && from_ms < to_ms &&
           route_gap(a->roster, a->line, a->said.duties, from_ms, to_ms, &w->gaps[w->gap_count]))
        from_ms = w->gaps[w->gap_count++].to_ms;
}

static void fill_week(struct cli *cli, const struct asked *a, struct week *w)
{
    const struct roster *roster = a->roster;
    struct plan *plan = ARENA_NEW(cli->arena, struct plan);
    const int64_t midnight = wall_day(to_local(roster, a->at_ms)) * day_ms;

    for (int cell = 0; cell < WEEK_CELLS; cell++) {
        const int64_t local_ms = midnight + cell * cell_ms;
        w->from_ms[cell] = to_instant(roster, local_ms);
        for (int i = 0; i < CELL_LOOKS; i++)
            look(a, to_instant(roster, local_ms + i * look_ms), cell, plan, w);
    }
    find_gaps(a, w->from_ms[0], to_instant(roster, midnight + WEEK_DAYS * day_ms), w);
}

static void time_text(const struct roster *roster, int64_t at_ms, char out[TIMESTAMP_SIZE])
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    char text[TIMESTAMP_SIZE];

    if (at_ms == INT64_MAX) {
        strcpy(out, "no end in sight");
        return;
    }
    const int64_t local_ms = to_local(roster, at_ms);
    timestamp_render(local_ms, text);
    snprintf(out, TIMESTAMP_SIZE, "%s %.2s/%.2s %.5s", days[wall_day(local_ms) % WEEK_DAYS],
             text + 5, text + 8, text + 11);
}

/* By characters, of which a name may have other than ASCII's. */
static void print_name(const char *name)
{
    int columns = 0;

    for (const char *c = name; *c; c++) {
        columns += ((unsigned char)*c & 0xc0) != 0x80;
        if (columns == NAME_COLUMNS)
            break;
        putchar(*c);
    }
    printf("%*s", columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 1, "");
}

/* One cell a character; `marks` for none, some and all of it. */
static void print_row(const char *name, const uint8_t *cells, const char *marks, const char *colour)
{
    bool is_lit = false;

    print_name(name);
    for (int cell = 0; cell < WEEK_CELLS; cell++) {
        const char c = marks[cells[cell] == 0 ? 0 : cells[cell] < CELL_LOOKS ? 1 : 2];
        const bool lit = colour && c != marks[0];
        if (cell % DAY_CELLS == 0) {
            printf("%s|", is_lit ? plain : "");
            is_lit = false;
        }
        if (lit != is_lit)
            printf("%s", lit ? colour : plain);
        putchar(c);
        is_lit = lit;
    }
    printf("%s|\n", is_lit ? plain : "");
}

static void print_head(const struct roster *roster, const struct line *line, const struct week *w)
{
    char text[TIMESTAMP_SIZE];

    printf("Line %s, times of %s\n\n%-*s", line->number, roster->zone ? roster->zone->name : "UTC",
           NAME_COLUMNS, "");
    for (int day = 0; day < WEEK_DAYS; day++) {
        time_text(roster, w->from_ms[day * DAY_CELLS], text);
        printf("|%-8.3s", text);
    }
    printf("|\n%-*s", NAME_COLUMNS, "");
    for (int day = 0; day < WEEK_DAYS; day++) {
        time_text(roster, w->from_ms[day * DAY_CELLS], text);
        printf("|%-8.5s", text + 4);
    }
    printf("|\n%-*s", NAME_COLUMNS, "");
    for (int day = 0; day < WEEK_DAYS; day++)
        printf("|0   12  ");
    printf("|\n");
}

static void print_picture(const struct roster *roster, const struct line *line,
                          const struct week *w)
{
    const bool colour = terminal_has_colour(stdout);
    char text[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE];

    print_head(roster, line, w);
    for (int o = 0; o < roster->operator_count; o++)
        if (w->named[o])
            print_row(roster->operators[o].name, w->on[o], ".+#", colour ? green : NULL);
    if (w->gap_count > 0)
        print_row("nobody", w->nobody, " !!", colour ? red : NULL);
    printf("\nEach mark is 3 hours: # on duty, + for a part of them%s\n",
           w->gap_count ? ", ! nobody for some time" : "; somebody always is");
    for (int i = 0; i < w->gap_count; i++) {
        time_text(roster, w->gaps[i].from_ms, text);
        time_text(roster, w->gaps[i].to_ms, end);
        printf("Nobody is on duty from %s to %s.\n", text, end);
    }
    if (w->gap_count == GAPS_MAX)
        printf("There may be more gaps: these are the first %d.\n", GAPS_MAX);
}

static void print_json(struct cli *cli, const struct asked *a, const struct week *w)
{
    const struct roster *roster = a->roster;
    struct buf out = buf_in(cli->arena, OUT_MAX);
    struct json_out o = json_out(&out);
    char text[TIMESTAMP_SIZE];

    json_out_object(&o, NULL);
    json_source(&o, a);
    timestamp_render(w->from_ms[0], text);
    json_out_text(&o, "from", span_of(text));
    json_out_list(&o, "operators");
    for (int i = 0; i < roster->operator_count; i++) {
        if (!w->named[i])
            continue;
        json_out_object(&o, NULL);
        json_out_text(&o, "operator", span_of(roster->operators[i].id));
        json_out_list(&o, "quarters_on_in_3_hours");
        for (int cell = 0; cell < WEEK_CELLS; cell++)
            json_out_number(&o, NULL, w->on[i][cell]);
        json_out_end_list(&o);
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_list(&o, "gaps");
    for (int i = 0; i < w->gap_count; i++) {
        json_out_object(&o, NULL);
        timestamp_render(w->gaps[i].from_ms, text);
        json_out_text(&o, "from", span_of(text));
        if (w->gaps[i].to_ms == INT64_MAX) {
            json_out_null(&o, "to");
        } else {
            timestamp_render(w->gaps[i].to_ms, text);
            json_out_text(&o, "to", span_of(text));
        }
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static int print_week(struct cli *cli, const struct asked *a)
{
    struct week *w = ARENA_NEW(cli->arena, struct week);

    memset(w, 0, sizeof *w);
    fill_week(cli, a, w);
    if (cli->json) {
        print_json(cli, a, w);
    } else {
        print_picture(a->roster, a->line, w);
        print_source(a);
    }
    return w->gap_count ? CLI_NO : CLI_YES;
}

/* ---- what was asked ---- */

static int who(struct cli *cli)
{
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    const char *line_text = cli_option(cli, "line");
    const char *at_text = cli_option(cli, "at");
    struct asked a = {.job = cli_option(cli, "job"), .at_ms = (int64_t)time(NULL) * 1000};
    const bool week = cli_flag(cli, "week");
    bool is_local = false;

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (at_text && !timestamp_parse(span_of(at_text), &a.at_ms, &is_local))
        return cli_fail(CLI_USAGE, "--at %s is no time; write 2026-11-29T03:00", at_text);
    mistakes_init(mistakes, cli->arena);
    a.roster = cmd_local_roster(cli, a.at_ms, mistakes);
    if (!a.roster) {
        findings_say(cli->arena, mistakes);
        return CLI_COULD_NOT;
    }
    a.line = line_text                   ? roster_line(a.roster, span_of(line_text))
             : a.roster->line_count == 1 ? &a.roster->lines[0]
                                         : NULL;
    if (!a.line)
        return cli_fail(CLI_USAGE, "name a line of the roster: --line %s",
                        a.roster->line_count ? a.roster->lines[0].number : "NUMBER");
    if (is_local)
        a.at_ms = to_instant(a.roster, a.at_ms);
    cmd_who_said_read(cli, a.roster, a.job, &a.said);
    return week ? print_week(cli, &a) : print_instant(cli, &a);
}

static const struct cli_known options[] = {
    {"line", "NUMBER", "the line that is called; the only one, when there is one alone", NULL},
    {"at", "TIME", "as the tenant's clocks show it, 2026-11-29T03:00; now without it", NULL},
    {"job", "ID", "of the job that the call is about", NULL},
    {"week", NULL, "seven days as a picture, and every gap", NULL},
    {NULL},
};

const struct cli_command cmd_who_command = {
    .name = "who",
    .run = who,
    .help = "who would be rung, in which order, and why",
    .forms = "[--line NUMBER] [--at TIME] [--job ID] [--week]",
    .options = options,
    .about = "Reads the roster that the settings name, or asks the daemon for its own. While the\n"
             "daemon runs, what operators said to it by text counts as well; the answer says so.\n",
    .examples = "nextring who --line +16195550100\n"
                "nextring who --line +16195550100 --at 2026-11-29T03:00\n"
                "nextring who --week\n",
    .status = "0: somebody would; 1: nobody, or with --week there is a gap",
};
