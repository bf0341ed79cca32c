#include "api/listing.h"

#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "codec/phone.h"
#include "codec/timestamp.h"
#include "model/job.h"
#include "model/plan.h"
#include "visit/web_route.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 500,
    LINK_TEXT_BYTES = 22,      /* base64url of LINK_SECRET_BYTES */
    PAGE_BYTES_MAX = 32 << 20, /* LIMIT_MAX rows of the longest texts */
};

static const char LINK_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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
    struct buf buf;
    struct json_out json;
};

static bool ends_in(const char *name, const char *end)
{
    const size_t size = strlen(name), end_size = strlen(end);

    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static bool is_id(const char *name)
{
    return strcmp(name, "id") == 0 || ends_in(name, "_id");
}

static void number(struct json_out *json, const struct view_cell *cell)
{
    char id[ID_TEXT_SIZE + 1], at[TIMESTAMP_SIZE];

    if (is_id(cell->name)) {
        id_render(cell->number, id);
        json_out_text(json, cell->name, span_of(id));
    } else if (ends_in(cell->name, "_at")) {
        timestamp_render(cell->number, at);
        json_out_text(json, cell->name, span_of(at));
    } else if (strncmp(cell->name, "is_", 3) == 0) {
        json_out_bool(json, cell->name, cell->number != 0);
    } else {
        json_out_number(json, cell->name, cell->number);
    }
}

static bool is_absent(const struct view_cell *cell)
{
    const bool zero = cell->type == VIEW_NUMBER && cell->number == 0;

    return cell->type == VIEW_NULL || (zero && (is_id(cell->name) || ends_in(cell->name, "_at")));
}

/* A link in a text acts for whoever has it: a reader of texts must not get it. What stands
 * for its secret is as long, so the text is copied once. */
static struct span without_links(struct arena *arena, struct span text)
{
    static const char *const marks[] = {"/j/", "/m/"};
    enum { SKIP = 3 };
    char *copy = NULL;

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (text.size < SKIP + LINK_TEXT_BYTES || !memmem(text.data, text.size, marks[i], SKIP))
            continue;
        copy = copy ? copy : arena_text(arena, text);
        for (char *at = strstr(copy, marks[i]); at; at = strstr(at + SKIP, marks[i])) {
            const size_t secret = strspn(at + SKIP, LINK_ALPHABET);
            if (secret >= LINK_TEXT_BYTES)
                memset(at + SKIP, '.', secret);
        }
    }
    return copy ? (struct span){copy, text.size} : text;
}

static void rungs(struct json_out *json, const char *key, const struct rung *list, int count)
{
    json_out_list(json, key);
    for (int i = 0; i < count; i++) {
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(list[i].operator_id));
        json_out_number(json, "step", list[i].step + 1);
        json_out_number(json, "ring_seconds", list[i].ring_s);
        json_out_number(json, "ack_seconds", list[i].ack_s);
        json_out_text(json, "reason", span_of(reason_name(list[i].reason)));
        json_out_text(json, "state", span_of(rung_state_name(list[i].state)));
        json_out_text_or_null(json, "tag",
                              list[i].tag[0] ? span_of(list[i].tag) : (struct span){0});
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

/* A stored plan as people read it: who in which order, and who was left out, each with why. */
static void plan(struct listing *l, const struct view_cell *cell)
{
    struct plan *p = ARENA_NEW(l->buf.arena, struct plan);

    if (plan_parse(cell->text, p)) {
        json_out_null(&l->json, cell->name);
        return;
    }
    rungs(&l->json, "plan", p->rungs, p->count);
    rungs(&l->json, "left_out", p->out, p->out_count);
}

/* The crew or the stakeholders of a job. */
static void people(struct listing *l, const struct view_cell *cell)
{
    struct job_person list[JOB_PEOPLE];
    uint8_t count = 0;

    (void)job_people_parse(cell->text, list, &count);
    json_out_list(&l->json, cell->name);
    for (uint8_t i = 0; i < count; i++) {
        json_out_object(&l->json, NULL);
        json_out_text(&l->json, "name", span_of(list[i].name));
        json_out_text(&l->json, "phone", span_of(list[i].phone));
        json_out_text_or_null(&l->json, "language",
                              list[i].language[0] ? span_of(list[i].language) : (struct span){0});
        json_out_end_object(&l->json);
    }
    json_out_end_list(&l->json);
}

static bool is_people(const char *name)
{
    return strcmp(name, "crew") == 0 || strcmp(name, "stakeholders") == 0;
}

static void row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct listing *l = ctx;

    if (l->rows == l->limit) {
        l->more = true;
        return;
    }
    l->rows++;
    json_out_object(&l->json, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct view_cell *cell = &cells[i];
        if (strcmp(cell->name, "id") == 0 || (i == 0 && cell->type == VIEW_NUMBER))
            l->last = cell->number;
        if (strcmp(cell->name, "version") == 0)
            l->version = cell->number;
        if (is_people(cell->name))
            people(l, cell);
        else if (is_absent(cell))
            json_out_null(&l->json, cell->name);
        else if (cell->type == VIEW_NUMBER)
            number(&l->json, cell);
        else if (strcmp(cell->name, "plan") == 0)
            plan(l, cell);
        else
            json_out_text(&l->json, cell->name,
                          l->hides_links ? without_links(l->buf.arena, cell->text) : cell->text);
    }
    json_out_end_object(&l->json);
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

/* NULL: it has been answered. */
static struct listing *ask(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);
    const struct span limit = form_get(&v->asked, "limit"), after = form_get(&v->asked, "after");
    const struct span thread = form_get(&v->asked, "thread");
    int64_t rows = LIMIT_DEFAULT;

    v->own = l;
    l->filter = (struct view_filter){
        .tenant = v->tenant,
        .state = form_get(&v->asked, "state"),
        .job = form_get(&v->asked, "job"),
        .sid = form_get(&v->asked, "sid"),
    };
    l->filter.operator_id = form_get(&v->asked, "operator");
    const struct span customer = form_get(&v->asked, "customer");
    if (customer.size > 0) {
        const struct roster *roster = engine_roster(v->site->engine, v->tenant);
        char *number = arena_alloc(v->arena, PHONE_TEXT_SIZE);
        /* A '+' that was not escaped has become a space. */
        const char *text =
            customer.data[0] == ' '
                ? arena_printf(v->arena, "+%.*s", (int)customer.size - 1, customer.data + 1)
                : arena_text(v->arena, customer);
        if (phone_parse(text, strlen(text), roster ? roster->region : NULL, number)) {
            bad(v, "customer", "is no phone number: +16195550111");
            return NULL;
        }
        l->filter.sid = span_of(number);
    }
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
        visit_read(v, read_many, done);
}

void listing_one(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->filter.tenant = v->tenant;
    if (!id_parse(v->param, &l->filter.id))
        not_found(v);
    else
        visit_read(v, read_one, done);
}

void listing_thread(struct visit *v)
{
    struct listing *l = ask(v);

    if (!l)
        return;
    if (!id_parse(v->param, &l->filter.thread))
        not_found(v);
    else
        visit_read(v, read_thread, done);
}

void listing_job(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct listing *l = ask(v);

    if (!l)
        return;
    l->filter.job = v->param;
    l->job_is_routed = roster && roster_job_route(roster, v->param) != NULL;
    visit_read(v, read_job, done);
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
    const enum err e = store_view(store, VIEW_JOBS, &l->filter, row, l);
    if (e)
        return e;
    return l->rows == 1 ? ERR_NONE : ERR_NOT_FOUND;
}

void listing_one_job(struct visit *v)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->filter = (struct view_filter){.tenant = v->tenant, .job = v->param};
    visit_read(v, read_one_job, done);
}

void listing_job_by_id(struct visit *v, int64_t id, int status)
{
    struct listing *l = ARENA_NEW(v->arena, struct listing);

    v->own = l;
    l->status = status;
    l->filter = (struct view_filter){.tenant = v->tenant, .id = id};
    visit_read(v, read_one_job, done);
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
    visit_read(v, read_job_log, done);
}
