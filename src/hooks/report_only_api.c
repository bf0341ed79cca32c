#include "hooks/report_only_api.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "codec/json_instant.h"
#include "hooks/unproven.h"
#include "store/store_tenants.h"

enum { LIST_BYTES_MAX = 1 << 20, ANSWER_BYTES_MAX = 2048 };

/* The programs that know of it, and send to nobody but the team while it is on. */
enum { SCHEMA_FIRST = 8 };

struct switching {
    struct report_only row; /* until_ms 0: off */
    bool was_on;
};

/* ---- showing ---- */

static void out_line(struct visit *v, struct json_out *json, const char *number)
{
    const struct report_only *row = unproven_line(v->site, v->tenant, span_of(number));
    const struct unproven_count count =
        row ? unproven_count(v->site, row) : (struct unproven_count){0};

    json_out_object(json, NULL);
    json_out_text(json, "number", span_of(number));
    json_out_bool(json, "is_report_only", row != NULL);
    json_instant(json, "since", row ? row->since_ms : 0);
    json_instant(json, "until", row ? row->until_ms : 0);
    json_out_text_or_null(json, "by", span_of(row && row->by[0] ? row->by : NULL));
    json_out_number(json, "right", (int64_t)count.right);
    json_instant(json, "right_at", count.right_ms);
    json_out_number(json, "wrong", (int64_t)count.wrong);
    json_instant(json, "wrong_at", count.wrong_ms);
    json_out_end_object(json);
}

/* A line that has left the roster meanwhile. */
static bool is_left_open(struct visit *v, const struct roster *roster,
                         const struct report_only *row)
{
    const struct span line = span_of(row->line);

    return row->tenant == v->tenant && !(roster && roster_line(roster, line)) &&
           unproven_line(v->site, v->tenant, line) == row;
}

void report_only_api_list(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    const struct report_only_list *open = engine_report_only(v->site->engine);
    struct buf body = buf_in(v->arena, LIST_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    for (int i = 0; roster && i < roster->line_count; i++)
        out_line(v, &json, roster->lines[i].number);
    for (size_t i = 0; i < open->count; i++)
        if (is_left_open(v, roster, &open->rows[i]))
            out_line(v, &json, open->rows[i].line);
    json_out_end_list(&json);
    json_out_null(&json, "next");
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* ---- switching ---- */

static void done(struct visit *v)
{
    const struct switching *s = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (v->work.err) /* it is in force all the same; its alarm comes with the next look */
        log_event(LOG_ERROR, &(struct log_fields){.tenant = v->tenant},
                  "web: a line's report-only mode is switched, and its note was not stored");
    out_line(v, &json, s->row.line);
    visit_answer_json(v, 200, &body);
}

static struct span by_whom(const struct visit *v)
{
    if (v->user)
        return v->user->name;
    return v->token_name.size ? v->token_name : SPAN("the command line");
}

static void in_force(void *ctx, enum err err)
{
    struct visit *v = ctx;
    const struct switching *s = v->own;
    struct event *e = &v->work.event;

    if (err) {
        visit_fail_busy(v);
        return;
    }
    if (!s->row.until_ms && !s->was_on) {
        done(v);
        return;
    }
    e->kind = EVENT_LINE;
    e->tenant = v->tenant;
    e->line_note = s->row.until_ms ? LINE_NOTE_ON : LINE_NOTE_OFF;
    e->from = arena_copy(v->arena, span_of(s->row.line));
    e->at_ms = s->row.since_ms;
    e->until_ms = s->row.until_ms;
    e->by = by_whom(v);
    v->work.roster = engine_roster(v->site->engine, v->tenant);
    visit_submit(v, done);
}

static void written(struct visit *v)
{
    if (v->reading.err == ERR_NOT_FOUND)
        visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such tenant"});
    else if (v->reading.err)
        visit_fail_busy(v);
    else
        tenancy_refresh(engine_tenancy(v->site->engine), in_force, v);
}

/* By the store's clock, as every other instant. */
static enum err write(struct visit *v, struct store *store, int64_t now_ms)
{
    struct switching *s = v->own;

    s->row.since_ms = now_ms;
    if (s->row.until_ms)
        s->row.until_ms = now_ms + report_only_ms;
    const enum err err = store_tenants_report_only(store, &s->row);
    if (err && err != ERR_NOT_FOUND)
        log_line(LOG_ERROR, "a line's report-only mode is not stored: %s", store_why(store));
    return err;
}

/* An older program among the nodes would send to customers what a stranger has brought about. */
static bool do_all_know(const struct store_pulse *pulse)
{
    for (size_t i = 0; i < pulse->count; i++)
        if (!pulse->nodes[i].gone_ms && pulse->nodes[i].schema < SCHEMA_FIRST)
            return false;
    return true;
}

static void switch_to(struct visit *v, bool on)
{
    struct switching *s = ARENA_NEW(v->arena, struct switching);
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    const struct line *line = roster ? roster_line(roster, v->param) : NULL;
    const struct report_only *row = unproven_line(v->site, v->tenant, v->param);
    const struct span by = by_whom(v);

    if (!line && (on || !row)) { /* one that has left the roster meanwhile is closed all the same */
        visit_fail(v, &(struct visit_error){.status = 404,
                                            .field = "number",
                                            .message = "the roster has no such line",
                                            .help = "write it as +13125550101"});
        return;
    }
    if (on && !do_all_know(engine_nodes(v->site->engine))) {
        visit_fail(v, &(struct visit_error){
                          .status = 409,
                          .message = "a node runs an older program, which would send to customers",
                          .help = "upgrade every node first; 'nextring nodes' lists them"});
        return;
    }
    v->own = s;
    s->row.tenant = v->tenant;
    memcpy(s->row.line, line ? line->number : row->line, sizeof s->row.line);
    memcpy(s->row.by, by.data, by.size < sizeof s->row.by ? by.size : sizeof s->row.by - 1);
    s->row.until_ms = on;
    s->was_on = row != NULL;
    visit_read(v, write, written);
}

void report_only_api_on(struct visit *v)
{
    switch_to(v, true);
}

void report_only_api_off(struct visit *v)
{
    switch_to(v, false);
}
