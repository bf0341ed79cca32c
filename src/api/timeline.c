#include "api/timeline.h"

#include <string.h>

#include "api/row_out.h"
#include "base/buf.h"
#include "base/id.h"
#include "codec/timestamp.h"
#include "visit/fields.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200, PAGE_BYTES_MAX = 8 << 20 };

enum item_type { ITEM_MESSAGE, ITEM_CALL, ITEM_EVENT, ITEM_JOB, ITEM_TYPES };

static const struct {
    const char *name;
    enum view view; /* that has its row */
} types[ITEM_TYPES] = {
    [ITEM_MESSAGE] = {"message", VIEW_MESSAGES},
    [ITEM_CALL] = {"call", VIEW_CALLS},
    [ITEM_EVENT] = {"event", VIEW_EVENTS},
    [ITEM_JOB] = {"job", VIEW_EVENTS},
};

struct item {
    enum item_type type;
    int64_t id, at_ms, subject;
    struct span note;
};

struct timeline {
    struct view_filter filter;
    int limit;
    struct item *items; /* one more than `limit`, when there are more */
    int count;
    bool is_known; /* there is such a thread */
    bool found;    /* the row of an item: it may be gone by now */
    struct row_out out;
    struct buf buf;
    struct json_out json;
};

/* ---- which ---- */

static void note_item(void *ctx, const struct view_cell *cells, size_t count)
{
    struct timeline *t = ctx;
    struct item *item = &t->items[t->count++];

    for (size_t i = 0; i < count; i++) {
        const struct view_cell *cell = &cells[i];
        if (strcmp(cell->name, "id") == 0)
            item->id = cell->number;
        else if (strcmp(cell->name, "at") == 0)
            item->at_ms = cell->number;
        else if (strcmp(cell->name, "subject_id") == 0)
            item->subject = cell->number;
        else if (strcmp(cell->name, "note") == 0 && cell->type == VIEW_TEXT)
            item->note = arena_copy(t->buf.arena, cell->text);
        else if (strcmp(cell->name, "type") == 0)
            for (int k = 0; k < ITEM_TYPES; k++)
                if (span_is_text(cell->text, types[k].name))
                    item->type = (enum item_type)k;
    }
}

static void know(void *ctx, const struct view_cell *cells, size_t count)
{
    struct timeline *t = ctx;

    (void)cells;
    (void)count;
    t->is_known = true;
}

/* ---- their rows ---- */

static void members(void *ctx, const struct view_cell *cells, size_t count)
{
    struct timeline *t = ctx;

    t->found = true;
    row_out_members(&t->out, cells, count);
}

/* What the move of a job is of. */
static void job_members(void *ctx, const struct view_cell *cells, size_t count)
{
    static const char *const wanted[] = {"job_id", "title", "state"};
    struct timeline *t = ctx;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
            if (strcmp(cells[i].name, wanted[k]) == 0)
                json_out_text_or_null(&t->json, wanted[k],
                                      cells[i].type == VIEW_TEXT ? cells[i].text : span_of(NULL));
}

static enum err write_item(struct timeline *t, struct store *store, const struct item *item)
{
    const struct view_filter row = {.tenant = t->filter.tenant, .id = item->id, .limit = 1};
    const struct view_filter job = {.tenant = t->filter.tenant, .id = item->subject, .limit = 1};
    char at[TIMESTAMP_SIZE];
    enum err e;

    timestamp_render(item->at_ms, at);
    json_out_object(&t->json, NULL);
    json_out_text(&t->json, "type", span_of(types[item->type].name));
    json_out_text(&t->json, "at", span_of(at));
    json_out_text_or_null(&t->json, "note", item->note.size ? item->note : span_of(NULL));
    t->found = false;
    e = store_view(store, types[item->type].view, &row, members, t);
    if (!e && !t->found) {
        char id[ID_TEXT_SIZE + 1];
        id_render(item->id, id);
        json_out_text(&t->json, "id", span_of(id));
    }
    if (!e && item->type == ITEM_JOB && item->subject)
        e = store_view(store, VIEW_JOBS, &job, job_members, t);
    json_out_end_object(&t->json);
    return e;
}

static enum err read_items(struct visit *v, struct store *store, int64_t now_ms)
{
    struct timeline *t = v->own;
    const int more = t->limit + 1;
    const struct view_filter thread = {.tenant = v->tenant, .id = t->filter.thread, .limit = 1};
    char next[ID_TEXT_SIZE + 1];

    (void)now_ms;
    t->buf = buf_in(v->arena, PAGE_BYTES_MAX);
    t->json = json_out(&t->buf);
    t->out.json = &t->json;
    t->items = ARENA_NEW_N(v->arena, struct item, (size_t)more);
    t->filter.limit = more;
    const struct view_ask asks[] = {{VIEW_THREADS, thread, know, t},
                                    {VIEW_TIMELINE, t->filter, note_item, t}};
    enum err e = store_views(store, asks, sizeof asks / sizeof asks[0]);
    if (e || !t->is_known)
        return e ? e : ERR_NOT_FOUND;
    const bool has_more = t->count == more;
    const int given = has_more ? t->limit : t->count;
    json_out_object(&t->json, NULL);
    json_out_list(&t->json, "items");
    for (int i = 0; !e && i < given; i++)
        e = write_item(t, store, &t->items[i]);
    json_out_end_list(&t->json);
    if (given)
        id_render(t->items[given - 1].id, next);
    json_out_text_or_null(&t->json, "next", has_more ? span_of(next) : span_of(NULL));
    json_out_end_object(&t->json);
    if (e)
        return e;
    return t->buf.full ? ERR_FULL : ERR_NONE;
}

static void listed(struct visit *v)
{
    struct timeline *t = v->own;

    if (v->reading.err == ERR_NOT_FOUND)
        visit_fail(v,
                   &(struct visit_error){.status = 404, .message = "there is none with this id"});
    else if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &t->buf);
}

void timeline_list(struct visit *v)
{
    struct timeline *t = ARENA_NEW(v->arena, struct timeline);
    const struct span limit = form_get(&v->asked, "limit"), after = form_get(&v->asked, "after");
    int64_t rows = LIMIT_DEFAULT;

    v->own = t;
    t->filter.tenant = v->tenant;
    t->out.roster = engine_roster(v->site->engine, v->tenant);
    t->out.hides_links = v->listener != WEB_CONTROL;
    if (limit.data && !span_number(limit, 1, LIMIT_MAX, &rows)) {
        fields_refuse(v, "limit", "limit is a number from 1 to 200");
    } else if (after.size > 0 && !id_parse(after, &t->filter.after)) {
        fields_refuse(v, "after", "after is the 'next' of an earlier answer");
    } else if (!id_parse(v->param, &t->filter.thread)) {
        visit_fail(v,
                   &(struct visit_error){.status = 404, .message = "there is none with this id"});
    } else {
        t->limit = (int)rows;
        visit_look(v, read_items, listed);
    }
}
