#include "api/board_api.h"

#include <string.h>

#include "api/row_out.h"
#include "base/buf.h"
#include "base/id.h"
#include "codec/timestamp.h"
#include "journal/cursor.h"
#include "visit/on_duty.h"
#include "visit/standing.h"

enum {
    CALLS_MAX = 500,
    RELAYS_MAX = 1000,
    ALARMS_MAX = 20,
    BODY_CHARACTERS = 300,
    ALARMS_MS = 24 * 3600 * 1000,
    BOARD_BYTES_MAX = 16 << 20,
};

/* One of its lists, written as its rows are read. */
struct part {
    const char *key;
    struct row_out out;
    struct buf buf;
    struct json_out json;
};
enum { PART_CALLS, PART_WAITING, PART_ALARMS, PARTS };

enum { COUNTS = 4 };
static const char *const count_names[COUNTS] = {"threads_open", "relays_waiting", "calls_live",
                                                "jobs_active"};

struct board {
    const struct roster *roster;
    struct part parts[PARTS];
    int64_t now_ms, latest_id;
    int64_t counts[COUNTS];
    struct id_maker ids; /* facts want one; a reading makes no rows */
    struct facts facts;
    struct span duty;
};

/* ---- what is read ---- */

static void note_counts(void *ctx, const struct view_cell *cells, size_t count)
{
    struct board *b = ctx;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "latest_id") == 0 && cells[i].type == VIEW_NUMBER)
            b->latest_id = cells[i].number;
        for (size_t k = 0; k < COUNTS; k++)
            if (strcmp(cells[i].name, count_names[k]) == 0)
                b->counts[k] = cells[i].number;
    }
}

static void add_row(void *ctx, const struct view_cell *cells, size_t count)
{
    const struct part *p = ctx;

    row_out(&p->out, NULL, cells, count);
}

static void begin_part(struct visit *v, struct part *p, const char *key)
{
    const struct board *b = v->own;

    p->key = key;
    p->buf = buf_in(v->arena, BOARD_BYTES_MAX);
    p->json = json_out(&p->buf);
    p->out = (struct row_out){
        .json = &p->json,
        .roster = b->roster,
        .hides_links = v->listener != WEB_CONTROL,
        .body_max = BODY_CHARACTERS,
        .is_brief = true,
    };
    json_out_list(&p->json, NULL);
}

/* All rows and the cursor as of one instant. */
static enum err read_rows(struct visit *v, struct store *store, struct board *b)
{
    const struct view_filter calls = {
        .tenant = v->tenant, .state = SPAN("live"), .limit = CALLS_MAX};
    const struct view_filter relays = {
        .tenant = v->tenant, .state = SPAN("waiting"), .limit = RELAYS_MAX};
    const struct view_filter alarms = {.tenant = v->tenant,
                                       .alarms = true,
                                       .since = id_floor(b->now_ms - ALARMS_MS),
                                       .limit = ALARMS_MAX};
    const struct view_filter counts = {.tenant = v->tenant, .limit = 1};
    const struct view_ask asks[] = {
        {VIEW_COUNTS, counts, note_counts, b},
        {VIEW_CALLS, calls, add_row, &b->parts[PART_CALLS]},
        {VIEW_RELAYS, relays, add_row, &b->parts[PART_WAITING]},
        {VIEW_EVENTS, alarms, add_row, &b->parts[PART_ALARMS]},
    };

    begin_part(v, &b->parts[PART_CALLS], "calls");
    begin_part(v, &b->parts[PART_WAITING], "waiting");
    begin_part(v, &b->parts[PART_ALARMS], "alarms");
    return store_views(store, asks, sizeof asks / sizeof asks[0]);
}

static enum err read_board(struct visit *v, struct store *store, int64_t now_ms)
{
    struct board *b = v->own;

    b->now_ms = now_ms;
    enum err e = read_rows(v, store, b);
    if (e)
        return e;
    facts_init(&b->facts, v->arena, &b->ids, now_ms);
    facts_want_duties(&b->facts, v->tenant);
    e = store_load(store, &b->facts);
    if (!e)
        b->duty = on_duty_render(v->site->on_duty, v->arena, v->tenant, b->roster,
                                 facts_duties(&b->facts, v->tenant), now_ms);
    return e;
}

/* ---- the answer ---- */

static void out_tenant(struct json_out *json, const struct roster *roster)
{
    json_out_object(json, "tenant");
    json_out_text(json, "id", span_of(roster ? roster->tenant : ""));
    json_out_text(json, "name", span_of(roster ? roster->name : ""));
    json_out_text(json, "time_zone", span_of(roster && roster->zone ? roster->zone->name : "UTC"));
    json_out_text(json, "region", span_of(roster ? roster->region : ""));
    json_out_bool(json, "is_suspended", roster && roster->is_suspended);
    json_out_end_object(json);
}

/* A carrier on this machine is a simulator, whose phones somebody may want to see. */
static void out_rehearsal(struct visit *v, struct json_out *json)
{
    static const char *const hosts[] = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    const struct span api = span_of(v->site->carrier_api);

    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        if (span_starts(api, span_of(hosts[i]))) {
            json_out_object(json, "rehearsal");
            json_out_text(json, "phones",
                          span_of(arena_printf(v->arena, "%.*s/phones", SPAN_ARG(api))));
            json_out_end_object(json);
            return;
        }
    json_out_null(json, "rehearsal");
}

static void out_head(struct visit *v, struct json_out *json, const struct board *b)
{
    struct cursor cursor = {{0}};
    char at[TIMESTAMP_SIZE], place[CURSOR_SIZE];

    cursor_note(&cursor, b->latest_id);
    cursor_render(&cursor, place);
    timestamp_render(b->now_ms, at);
    json_out_text(json, "cursor", span_of(place));
    json_out_text(json, "now", span_of(at));
    out_tenant(json, b->roster);
    json_out_object(json, "counts");
    for (size_t i = 0; i < COUNTS; i++)
        json_out_number(json, count_names[i], b->counts[i]);
    json_out_end_object(json);
    out_rehearsal(v, json);
}

static void show(struct visit *v)
{
    struct board *b = v->own;
    struct buf body = buf_in(v->arena, BOARD_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    json_out_object(&json, NULL);
    out_head(v, &json, b);
    json_out_raw(&json, "duty", b->duty);
    standing_out_tenant(v->site, &json, "health", v->tenant);
    for (int i = 0; i < PARTS; i++) {
        json_out_end_list(&b->parts[i].json);
        json_out_raw(&json, b->parts[i].key, buf_span(&b->parts[i].buf));
    }
    json_out_end_object(&json);
    if (body.full) /* 1,000 relays of 300 characters are a tenth of it */
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &body);
}

void board_api_show(struct visit *v)
{
    struct board *b = ARENA_NEW(v->arena, struct board);

    v->own = b;
    b->roster = engine_roster(v->site->engine, v->tenant);
    visit_look(v, read_board, show);
}
