#include "api/listing.h"

#include <stdio.h>
#include <string.h>

#include "api/row_out.h"
#include "base/buf.h"
#include "base/id.h"
#include "codec/phone.h"
#include "codec/timestamp.h"
#include "model/job.h"
#include "visit/web_route.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 500,
    PAGE_BYTES_MAX = 32 << 20, /* LIMIT_MAX rows of the longest texts */
};

struct listing {
    struct view_filter filter;
    int limit; /* rows to be given; one more is asked for, to know whether there is one */
    int rows;
    bool more;
    bool job_is_routed; /* the roster names it */
    bool hides_links;
    int64_t version; /* of a row that has one */
    int status;      /* of the answer; 0: 200 */
    int64_t last;    /* id of the last row given */
    const struct roster *roster;
    struct buf buf;
    struct json_out json;
};

static void row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct listing *l = ctx;

    if (l->rows == l->limit) {
        l->more = true;
        return;
    }
    l->rows++;
    for (size_t i = 0; i < count; i++) {
        const struct view_cell *cell = &cells[i];
        if (strcmp(cell->name, "id") == 0 || (i == 0 && cell->type == VIEW_NUMBER))
            l->last = cell->number;
        if (strcmp(cell->name, "version") == 0)
            l->version = cell->number;
    }
    row_out(&(struct row_out){.json = &l->json, .roster = l->roster, .hides_links = l->hides_links},
            NULL, cells, count);
}

static void begin(struct visit *v, struct listing *l)
{
    l->buf = buf_in(v->arena, PAGE_BYTES_MAX);
    l->json = json_out(&l->buf);
    l->hides_links = v->listener != WEB_CONTROL;
}

/* The rows as a list named `key`, and the cursor, in an object that is open. */
static enum err page(struct listing *l, struct store *store, enum view view, const char *key)
{
    char next[ID_TEXT_SIZE + 1];

    json_out_list(&l->json, key);
    l->filter.limit = l->limit + 1;
    const enum err e = store_view(store, view, &l->filter, row, l);
    if (e)
        return e;
    json_out_end_list(&l->json);
    id_render(l->last, next);
    if (l->more)
        json_out_text(&l->json, "next", span_of(next));
    else
        json_out_null(&l->json, "next");
    return l->buf.full ? ERR_FULL : ERR_NONE;
}

static enum err read_many(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;

    (void)now_ms;
    begin(v, l);
    json_out_object(&l->json, NULL);
    const enum err e = page(l, store, v->route->view, "items");
    json_out_end_object(&l->json);
    return e;
}

static void seen(void *ctx, const struct view_cell *cells, size_t count)
{
    (void)cells;
    (void)count;
    *(bool *)ctx = true;
}

static enum err has_row(struct store *store, enum view view, const struct view_filter *filter,
                        bool *out)
{
    struct view_filter one = *filter;

    one.limit = 1;
    one.after = 0;
    one.state = (struct span){NULL, 0};
    return store_view(store, view, &one, seen, out);
}

static enum err read_thread(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct listing *l = v->own;
    const struct view_filter thread = {.tenant = v->tenant, .id = l->filter.thread};
    bool there = false;

    const enum err e = has_row(store, VIEW_THREADS, &thread, &there);
    if (e)
        return e;
    return there ? read_many(v, store, now_ms) : ERR_NOT_FOUND;
}

static enum err read_one(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;

    (void)now_ms;
    begin(v, l);
    l->limit = 1;
    l->filter.limit = 1;
    const enum err e = store_view(store, v->route->view, &l->filter, row, l);
    if (e)
        return e;
    return l->rows == 1 ? ERR_NONE : ERR_NOT_FOUND;
}

static const char *job_key(enum view view)
{
    if (view == VIEW_RELAYS)
        return "relays";
    return view == VIEW_CALLS ? "calls" : "messages";
}

/* Jobs have no rows of their own yet: one is known by what names it. */
static enum err job_is_known(struct store *store, const struct view_filter *filter, bool *out)
{
    static const enum view views[] = {VIEW_RELAYS, VIEW_CALLS, VIEW_MESSAGES};
    enum err e = ERR_NONE;

    for (size_t i = 0; !e && !*out && i < sizeof views / sizeof views[0]; i++)
        e = has_row(store, views[i], filter, out);
    return e;
}

static enum err read_job(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;
    bool known = l->job_is_routed;

    (void)now_ms;
    begin(v, l);
    json_out_object(&l->json, NULL);
    json_out_text(&l->json, "job_id", v->param);
    enum err e = page(l, store, v->route->view, job_key(v->route->view));
    json_out_end_object(&l->json);
    if (!e && l->rows == 0 && !known)
        e = job_is_known(store, &l->filter, &known);
    if (!e && l->rows == 0 && !known)
        e = ERR_NOT_FOUND;
    return e;
}

static void not_found(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is none with this id"});
}

static void bad(struct visit *v, const char *field, const char *message)
{
    visit_fail(v, &(struct visit_error){.status = 400, .field = field, .message = message});
}

static void done(struct visit *v)
{
    const struct listing *l = v->own;

    if (v->reading.err == ERR_NOT_FOUND)
        not_found(v);
    else if (v->reading.err == ERR_BAD_INPUT)
        bad(v, NULL, "this list cannot be narrowed so");
    else if (v->reading.err)
        visit_fail_busy(v);
    else if (l->version && l->filter.limit == 1)
        visit_answer(v,
                     &(struct visit_reply){
                         .status = l->status ? l->status : 200,
                         .type = "application/json",
                         .body = buf_span(&l->buf),
                         .fields = (const struct http_field[]){
                             {"ETag", span_of(arena_printf(v->arena, "\"%d\"", (int)l->version))},
                             {NULL, {NULL, 0}}}});
    else
        visit_answer_json(v, 200, &l->buf);
}

/* An instant as the id that it begins with. False: it has been answered. */
static bool take_time(struct visit *v, const char *name, int64_t *out)
{
    const struct span text = form_get(&v->asked, name);
    bool is_local = false;
    int64_t at_ms = 0;

    if (!text.size)
        return true;
    if (!timestamp_parse(text, &at_ms, &is_local) || is_local) {
        bad(v, name, "is no instant: 2026-11-24T02:05:00Z (a '+' is written %2B)");
        return false;
    }
    *out = id_floor(at_ms);
    if (!*out)
        *out = 1; /* as small, and a bound */
    return true;
}

static bool take_times(struct visit *v, struct view_filter *f)
{
    return take_time(v, "since", &f->since) && take_time(v, "until", &f->until);
}

/* A '+' that was not escaped has become a space. False: it has been answered. */
static bool take_line(struct visit *v, struct listing *l)
{
    const struct span line = form_get(&v->asked, "line");
    char *number = arena_alloc(v->arena, PHONE_TEXT_SIZE);

    if (!line.size)
        return true;
    const char *text = line.data[0] == ' '
                           ? arena_printf(v->arena, "+%.*s", (int)line.size - 1, line.data + 1)
                           : arena_text(v->arena, line);
    if (phone_parse(text, strlen(text), l->roster ? l->roster->region : NULL, number)) {
        bad(v, "line", "is no phone number: +16195550100");
        return false;
    }
    l->filter.line = span_of(number);
    return true;
}

/* NULL: it has been answered. */
static struct listing *ask(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);
    const struct span limit = form_get(&v->asked, "limit"), after = form_get(&v->asked, "after");
    const struct span thread = form_get(&v->asked, "thread");
    int64_t rows = LIMIT_DEFAULT;

    v->own = l;
    l->roster = engine_roster(v->site->engine, v->tenant);
    l->filter = (struct view_filter){
        .tenant = v->tenant,
        .state = form_get(&v->asked, "state"),
        .job = form_get(&v->asked, "job"),
        .sid = form_get(&v->asked, "sid"),
    };
    l->filter.operator_id = form_get(&v->asked, "operator");
    l->filter.kind = form_get(&v->asked, "kind");
    const struct span customer = form_get(&v->asked, "customer");
    if (customer.size > 0) {
        char *number = arena_alloc(v->arena, PHONE_TEXT_SIZE);
        /* A '+' that was not escaped has become a space. */
        const char *text =
            customer.data[0] == ' '
                ? arena_printf(v->arena, "+%.*s", (int)customer.size - 1, customer.data + 1)
                : arena_text(v->arena, customer);
        if (phone_parse(text, strlen(text), l->roster ? l->roster->region : NULL, number)) {
            bad(v, "customer", "is no phone number: +16195550111");
            return NULL;
        }
        l->filter.sid = span_of(number);
    }
    if (!take_times(v, &l->filter) || !take_line(v, l))
        return NULL;
    if (limit.data && !span_number(limit, 1, LIMIT_MAX, &rows)) {
        bad(v, "limit", "limit is a number from 1 to 500");
        return NULL;
    }
    if (after.size > 0 && !id_parse(after, &l->filter.after)) {
        bad(v, "after", "after is the 'next' of an earlier answer");
        return NULL;
    }
    if (thread.size > 0 && !id_parse(thread, &l->filter.thread)) {
        bad(v, "thread", "thread is an id");
        return NULL;
    }
    l->limit = (int)rows;
    return l;
}

void listing_many(struct visit *v)
{
    if (ask(v))
        visit_look(v, read_many, done);
}

void listing_one(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->roster = engine_roster(v->site->engine, v->tenant);
    l->filter.tenant = v->tenant;
    if (!id_parse(v->param, &l->filter.id))
        not_found(v);
    else
        visit_look(v, read_one, done);
}

void listing_thread(struct visit *v)
{
    struct listing *l = ask(v);

    if (!l)
        return;
    if (!id_parse(v->param, &l->filter.thread))
        not_found(v);
    else
        visit_look(v, read_thread, done);
}

void listing_job(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct listing *l = ask(v);

    if (!l)
        return;
    l->filter.job = v->param;
    l->job_is_routed = roster && roster_job_route(roster, v->param) != NULL;
    visit_look(v, read_job, done);
}

static void count_jobs(void *ctx, const struct view_cell *cells, size_t count)
{
    struct listing *l = ctx;
    char state[32];

    if (count < 3 || cells[1].type != VIEW_TEXT)
        return;
    snprintf(state, sizeof state, "%.*s", SPAN_ARG(cells[1].text));
    json_out_number(&l->json, state, cells[2].number);
}

static enum err read_jobs(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;
    const struct view_filter all = {.tenant = v->tenant, .limit = JOB_STATES};

    (void)now_ms;
    begin(v, l);
    json_out_object(&l->json, NULL);
    enum err e = page(l, store, VIEW_JOBS, "items");
    if (e)
        return e;
    json_out_object(&l->json, "counts");
    e = store_view(store, VIEW_JOB_COUNTS, &all, count_jobs, l);
    json_out_end_object(&l->json);
    json_out_end_object(&l->json);
    return e;
}

void listing_jobs(struct visit *v)
{
    if (ask(v))
        visit_look(v, read_jobs, done);
}

/* The job of the name in the path, as a row id; 0 without. */
static void take_id(void *ctx, const struct view_cell *cells, size_t count)
{
    (void)count;
    *(int64_t *)ctx = cells[0].number;
}

static enum err read_one_job(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;

    (void)now_ms;
    begin(v, l);
    l->limit = 1;
    l->filter.limit = 1;
    enum err e = store_view(store, VIEW_JOBS, &l->filter, row, l);
    if (!e && l->rows == 0 && l->filter.job.size > 0 && id_parse(l->filter.job, &l->filter.id)) {
        l->filter.job = (struct span){NULL, 0}; /* the log names a job by its row */
        e = store_view(store, VIEW_JOBS, &l->filter, row, l);
    }
    if (e)
        return e;
    return l->rows == 1 ? ERR_NONE : ERR_NOT_FOUND;
}

void listing_one_job(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->filter = (struct view_filter){.tenant = v->tenant, .job = v->param};
    visit_look(v, read_one_job, done);
}

void listing_job_by_id(struct visit *v, int64_t id, int status)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->status = status;
    l->filter = (struct view_filter){.tenant = v->tenant, .id = id};
    visit_look(v, read_one_job, done);
}

static enum err read_job_log(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listing *l = v->own;
    const struct view_filter job = {.tenant = v->tenant, .job = v->param, .limit = 1};

    const enum err e = store_view(store, VIEW_JOBS, &job, take_id, &l->filter.thread);
    if (e)
        return e;
    return l->filter.thread ? read_many(v, store, now_ms) : ERR_NOT_FOUND;
}

void listing_job_log(struct visit *v)
{
    struct listing *l = ask(v);

    if (!l)
        return;
    l->filter.job = v->param;
    visit_look(v, read_job_log, done);
}
