#include "alarm/alarm_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "store/store.h"
#include "store/store_nodes.h"
#include "store/view_cell.h"

enum {
    ROWS_MAX = 1000,              /* of a reading */
    SEEN_MAX = 4096,              /* above what comes within OVERLAP_MS, but in a storm */
    OVERLAP_MS = 120000,          /* so long after its id an alarm may be committed */
    BEHIND_MS = 24 * 3600 * 1000, /* older ones help nobody */
    SHARED_MS = 15000,
    AGAIN_MS = 5000,
    MINE_MS = 60000,
};

struct alarm_look {
    struct engine *engine;
    alarm_look_fn *fn;
    alarm_look_anew_fn *anew;
    void *ctx;
    struct reading reading;
    bool is_under_way, is_first, is_mine, was_mine, is_full;
    uint64_t alarms; /* as counted at the last look */
    int64_t next_ms, since;
    int64_t seen[SEEN_MAX]; /* ids */
    size_t seen_next;
    struct alarm_row *rows; /* of the reading; ROWS_MAX */
    size_t count;
    size_t at; /* the row whose ways are being read */
};

struct alarm_look *alarm_look_open(struct engine *engine, alarm_look_fn *fn,
                                   alarm_look_anew_fn *anew, void *ctx)
{
    struct alarm_look *l = arena_must_alloc(sizeof *l);

    *l = (struct alarm_look){
        .engine = engine, .fn = fn, .anew = anew, .ctx = ctx, .is_first = true, .was_mine = true};
    l->rows = arena_must_alloc(sizeof *l->rows * ROWS_MAX);
    return l;
}

void alarm_look_close(struct alarm_look **look)
{
    if (!*look)
        return;
    free((*look)->rows);
    free(*look);
    *look = NULL;
}

/* ---- on the storage thread ---- */

static void copy(char *out, size_t size, struct span text)
{
    const size_t n = text.size < size ? text.size : size - 1;

    if (n)
        memcpy(out, text.data, n);
    out[n] = 0;
}

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct alarm_look *l = ctx;
    struct alarm_row *r = &l->rows[l->count++];

    *r = (struct alarm_row){.id = view_cell(cells, count, "id")->number,
                            .tenant = (int32_t)view_cell(cells, count, "whose")->number,
                            .thread = view_cell(cells, count, "thread_id")->number,
                            .subject = view_cell(cells, count, "subject_id")->number,
                            .at_ms = view_cell(cells, count, "created_at")->number};
    copy(r->slug, sizeof r->slug, view_cell(cells, count, "slug")->text);
    copy(r->kind, sizeof r->kind, view_cell(cells, count, "kind")->text);
    copy(r->operator_id, sizeof r->operator_id, view_cell(cells, count, "operator")->text);
    copy(r->detail, sizeof r->detail, view_cell(cells, count, "detail")->text);
}

/* "by webhook", "by text: dana" */
static void take_told(void *ctx, const struct view_cell *cells, size_t count)
{
    struct alarm_look *l = ctx;
    const int64_t alarm = view_cell(cells, count, "subject_id")->number;
    const struct span detail = view_cell(cells, count, "detail")->text;
    struct span rest;
    enum alarm_way way;

    if (!span_starts(detail, SPAN("by ")))
        return;
    const struct span name = span_cut(span_skip(detail, 3), ':', &rest);
    if (!alarm_way_parse(name, &way))
        return;
    for (size_t i = 0; i < l->count; i++)
        if (l->rows[i].id == alarm)
            l->rows[i].done |= 1u << way;
}

/* Once for each tenant: of what he was told since his oldest alarm. */
static enum err read_told(struct alarm_look *l, struct store *store)
{
    enum err err = ERR_NONE;

    for (size_t i = 0; i < l->count && !err; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = l->rows[k].tenant != l->rows[i].tenant;
        const struct view_filter filter = {.tenant = l->rows[i].tenant,
                                           .kind = SPAN("alarm."),
                                           .since = l->rows[i].id,
                                           .limit = ROWS_MAX};
        if (is_first)
            err = store_view(store, VIEW_EVENTS, &filter, take_told, l);
    }
    return err;
}

static enum err read_all(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct alarm_look *l = reading->user;
    const struct view_filter filter = {.since = l->since, .limit = ROWS_MAX};

    l->count = 0;
    enum err err = store_nodes_chore(store, SPAN("alarms"), now_ms, now_ms + MINE_MS, &l->is_mine);
    if (err || !l->is_mine)
        return err;
    err = store_view(store, VIEW_ALARMS, &filter, take_row, l);
    if (!err && l->is_first)
        err = read_told(l, store);
    return err;
}

/* ---- on the loop thread ---- */

static bool is_seen(struct alarm_look *l, int64_t id)
{
    for (size_t i = 0; i < SEEN_MAX; i++)
        if (l->seen[i] == id)
            return true;
    l->seen[l->seen_next] = id;
    l->seen_next = (l->seen_next + 1) % SEEN_MAX;
    return false;
}

/* One that nobody was told of, while somebody was told of a later one of its kind, went with
 * that. */
static bool went_along(const struct alarm_look *l, const struct alarm_row *row)
{
    for (const struct alarm_row *r = l->rows; r < l->rows + l->count; r++)
        if (r->id > row->id && r->done && r->tenant == row->tenant &&
            strcmp(r->kind, row->kind) == 0)
            return row->done == 0;
    return false;
}

static void give(struct alarm_look *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!is_seen(l, l->rows[i].id) && !went_along(l, &l->rows[i]))
            l->fn(l->ctx, &l->rows[i]);
}

static void looked(struct reading *reading)
{
    struct alarm_look *l = reading->user;
    const int64_t now_ms = engine_now_ms(l->engine);

    l->is_under_way = false;
    l->next_ms = now_ms + (reading->err ? AGAIN_MS : SHARED_MS);
    l->is_full = reading->err != ERR_NONE; /* it is looked again */
    if (reading->err)
        return;
    if (!l->is_mine || !l->was_mine) {
        if (l->was_mine)
            l->anew(l->ctx);
        memset(l->seen, 0, sizeof l->seen);
        l->is_first = true;
    }
    l->was_mine = l->is_mine;
    if (!l->is_mine) {
        l->since = 0;
        return;
    }
    give(l);
    l->is_full = l->count == ROWS_MAX;
    if (l->is_full)
        l->next_ms = now_ms;
    else
        l->is_first = false;
    l->since = l->is_full ? l->rows[l->count - 1].id : l->since;
}

/* What is counted has happened here; what has happened on other nodes is not. */
static bool is_time(const struct alarm_look *l, uint64_t alarms, int64_t now_ms)
{
    if (l->is_under_way)
        return false;
    if (l->is_full || engine_is_shared(l->engine))
        return now_ms >= l->next_ms || (alarms != l->alarms && l->was_mine && !l->is_full);
    return l->is_first || alarms != l->alarms;
}

void alarm_look_turn(struct alarm_look *l)
{
    const uint64_t alarms = engine_stats(l->engine).alarms;
    const int64_t now_ms = engine_now_ms(l->engine);
    const int64_t floor = id_floor(now_ms - (l->is_first ? BEHIND_MS : OVERLAP_MS));

    if (!is_time(l, alarms, now_ms))
        return;
    l->alarms = alarms;
    if (floor > l->since)
        l->since = floor;
    l->is_under_way = true;
    l->reading = (struct reading){.read = read_all, .done = looked, .user = l};
    if (engine_read(l->engine, &l->reading)) {
        l->is_under_way = false;
        l->is_full = true;
        l->next_ms = now_ms + AGAIN_MS;
    }
}
