#include "source/publish_news.h"

#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "model/facts.h"
#include "rules/route.h"

enum { NEWS_BYTES_MAX = 1 << 20, NEWS_VERSION = 1 };

struct telling {
    struct arena *arena;
    struct json_out json;
    struct roster_news_job *jobs;
    size_t job_count;
};

static bool ends_in(const char *name, const char *end)
{
    const size_t size = strlen(name), end_size = strlen(end);

    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static void number(struct json_out *json, const struct view_cell *cell)
{
    const bool is_id = strcmp(cell->name, "id") == 0 || ends_in(cell->name, "_id");
    char id[ID_TEXT_SIZE + 1], at[TIMESTAMP_SIZE];

    if (strncmp(cell->name, "is_", 3) == 0) {
        json_out_bool(json, cell->name, cell->number != 0);
    } else if (is_id && cell->number) {
        id_render(cell->number, id);
        json_out_text(json, cell->name, span_of(id));
    } else if (ends_in(cell->name, "_at") && cell->number) {
        timestamp_render(cell->number, at);
        json_out_text(json, cell->name, span_of(at));
    } else if (is_id || ends_in(cell->name, "_at")) {
        json_out_null(json, cell->name);
    } else {
        json_out_number(json, cell->name, cell->number);
    }
}

/* A plan is ours alone. */
static void row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct telling *t = ctx;

    json_out_object(&t->json, NULL);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "plan") == 0)
            continue;
        if (cells[i].type == VIEW_NULL)
            json_out_null(&t->json, cells[i].name);
        else if (cells[i].type == VIEW_NUMBER)
            number(&t->json, &cells[i]);
        else
            json_out_text(&t->json, cells[i].name, cells[i].text);
    }
    json_out_end_object(&t->json);
}

static void job_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct telling *t = ctx;
    struct roster_news_job *j = &t->jobs[t->job_count];

    if (t->job_count == PUBLISH_NEWS_JOBS)
        return;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "job_id") == 0)
            j->id = arena_copy(t->arena, cells[i].text);
        else if (strcmp(cells[i].name, "state") == 0)
            j->state = arena_copy(t->arena, cells[i].text);
    }
    t->job_count++;
}

static enum err list(struct telling *t, struct store *store, int32_t tenant, enum view view,
                     int limit, const char *key)
{
    const struct view_filter filter = {.tenant = tenant, .limit = limit};

    json_out_list(&t->json, key);
    const enum err err = store_view(store, view, &filter, row, t);
    json_out_end_list(&t->json);
    return err;
}

static enum err read_duties(struct arena *arena, int32_t tenant, struct store *store,
                            int64_t now_ms, const struct duties **out)
{
    struct id_maker *ids = ARENA_NEW(arena, struct id_maker); /* a reading makes no rows */
    struct facts *facts = ARENA_NEW(arena, struct facts);

    facts_init(facts, arena, ids, now_ms);
    facts_want_duties(facts, tenant);
    const enum err err = store_load(store, facts);
    if (!err)
        *out = facts_duties(facts, tenant);
    return err;
}

enum err publish_news_read(struct arena *arena, int32_t tenant, struct store *store, int64_t now_ms,
                           struct publish_news *out)
{
    struct buf text = buf_in(arena, NEWS_BYTES_MAX);
    struct telling t = {
        .arena = arena,
        .json = json_out(&text),
        .jobs = ARENA_NEW_N(arena, struct roster_news_job, PUBLISH_NEWS_JOBS + 1),
    };
    const struct view_filter jobs = {.tenant = tenant, .limit = PUBLISH_NEWS_JOBS};
    struct publish_news news = {.jobs = t.jobs};

    json_out_object(&t.json, NULL);
    enum err err = read_duties(arena, tenant, store, now_ms, &news.duties);
    if (!err)
        err = list(&t, store, tenant, VIEW_RELAYS, PUBLISH_NEWS_RELAYS, "relays");
    if (!err)
        err = list(&t, store, tenant, VIEW_EVENTS, PUBLISH_NEWS_EVENTS, "events");
    json_out_end_object(&t.json);
    if (!err)
        err = store_view(store, VIEW_JOBS, &jobs, job_row, &t);
    if (!err && text.full)
        err = ERR_FULL;
    if (err)
        return err;
    news.lists = (struct span){text.data + 1, text.size - 2};
    news.job_count = t.job_count;
    *out = news;
    return ERR_NONE;
}

static void tell_line(struct json_out *json, struct plan *plan, const struct line *line)
{
    json_out_list(json, line->number);
    for (int i = 0; i < plan->count; i++)
        json_out_text(json, NULL, span_of(plan->rungs[i].operator_id));
    json_out_end_list(json);
}

void publish_news_tell(struct arena *arena, const struct publish_news *read,
                       const struct roster *roster, int64_t now_ms, struct roster_news *out)
{
    struct buf duty = buf_in(arena, NEWS_BYTES_MAX);
    struct json_out json = json_out(&duty);
    struct plan *plan = ARENA_NEW(arena, struct plan);

    json_out_object(&json, NULL);
    for (int i = 0; i < roster->line_count; i++) {
        const struct route_ask ask = {
            .line = &roster->lines[i], .duties = read->duties, .for_call = true};
        memset(plan, 0, sizeof *plan);
        route_plan(roster, &ask, now_ms, plan);
        tell_line(&json, plan, ask.line);
    }
    json_out_end_object(&json);
    *out = (struct roster_news){
        .relay = span_of(arena_printf(arena, "{\"version\":%d,\"on_duty\":%.*s,%.*s}", NEWS_VERSION,
                                      SPAN_ARG(buf_span(&duty)), SPAN_ARG(read->lists))),
        .at_ms = now_ms,
        .jobs = read->jobs,
        .job_count = read->job_count,
    };
}

void publish_news_stamp(struct arena *arena, struct roster_news *news, int64_t now_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(now_ms, at);
    news->at_ms = now_ms;
    news->relay = span_of(arena_printf(arena, "{\"updated_at\":\"%s\",%.*s", at,
                                       SPAN_ARG(span_skip(news->relay, 1))));
}
