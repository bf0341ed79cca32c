#include "visit/visit.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

enum {
    VISIT_BYTES = 8 << 10, /* a webhook with its form and its answer fits */
    FIELDS_MAX = 24,
    ERROR_BYTES_MAX = 4096,
    FIRST_ERROR_STATUS = 400,
    COMPLAINTS_A_SECOND = 50, /* lines in the log */
};

static void gone(struct http_request *rq)
{
    struct visit *v = rq->user;

    v->rq = NULL;
}

static void link_in(struct visit *v)
{
    v->next = v->site->visits;
    if (v->next)
        v->next->before = v;
    v->site->visits = v;
}

static void link_out(struct visit *v)
{
    if (v->before)
        v->before->next = v->next;
    else
        v->site->visits = v->next;
    if (v->next)
        v->next->before = v->before;
}

struct visit *visit_open(struct site *site, struct http_request *rq)
{
    struct arena *arena =
        site->spare_count ? site->spare[--site->spare_count] : arena_open(VISIT_BYTES);
    struct visit *v = ARENA_NEW(arena, struct visit);

    v->site = site;
    v->rq = rq;
    v->arena = arena;
    v->listener = rq->listener;
    v->path = arena_copy(arena, rq->path);
    v->query = arena_copy(arena, rq->query);
    v->body = arena_copy(arena, rq->body);
    v->type = arena_copy(arena, http_header(rq, "Content-Type"));
    link_in(v);
    rq->user = v;
    rq->gone = gone;
    site->counts.requests++;
    return v;
}

void visit_close(struct visit *v)
{
    struct site *site = v->site;
    struct arena *arena = v->arena;

    link_out(v);
    if (v->secret || site->spare_count == SITE_SPARE_ARENAS) {
        if (v->secret)
            arena_mark_secret(arena);
        arena_close(&arena);
        return;
    }
    arena_reset(arena);
    site->spare[site->spare_count++] = arena;
}

bool visit_has_type(const struct visit *v, const char *type)
{
    struct span rest;

    return span_is_nocase(span_trim(span_cut(v->type, ';', &rest)), span_of(type));
}

static void add(struct http_field *fields, size_t *count, const char *name, struct span value)
{
    CHECK(*count < FIELDS_MAX - 1);
    fields[(*count)++] = (struct http_field){name, value};
    fields[*count] = (struct http_field){NULL, {NULL, 0}};
}

/* A page may read only those headers of the answer that are named. */
static void for_origin(const struct visit *v, struct http_field *fields, size_t *count)
{
    add(fields, count, "Access-Control-Allow-Origin", v->origin);
    add(fields, count, "Access-Control-Expose-Headers", SPAN("ETag, Location, Retry-After"));
}

/* What a page of the board may do: nothing but what comes from where it came from. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

static void for_pages(struct http_field *fields, size_t *count)
{
    add(fields, count, "Content-Security-Policy", span_of(page_policy));
    add(fields, count, "Referrer-Policy", SPAN("no-referrer"));
    add(fields, count, "Cross-Origin-Opener-Policy", SPAN("same-origin"));
    add(fields, count, "Cross-Origin-Resource-Policy", SPAN("same-origin"));
    add(fields, count, "X-Frame-Options", SPAN("DENY"));
}

/* Beside what says how long it may be kept. */
static void for_all_browsers(const struct visit *v, struct http_field *fields, size_t *count)
{
    add(fields, count, "X-Content-Type-Options", SPAN("nosniff"));
    if (v->site->pages_secure)
        add(fields, count, "Strict-Transport-Security", SPAN("max-age=31536000"));
    if (v->origin.size > 0)
        for_origin(v, fields, count);
    if (v->site->origin_count > 0)
        add(fields, count, "Vary", SPAN("Origin"));
}

static void for_browsers(const struct visit *v, const struct visit_reply *reply,
                         struct http_field *fields, size_t *count)
{
    add(fields, count, "Cache-Control",
        reply->may_be_kept ? SPAN("public, max-age=3600")
        : reply->is_page   ? SPAN("no-cache")
                           : SPAN("no-store"));
    if (reply->is_page)
        for_pages(fields, count);
    for_all_browsers(v, fields, count);
}

/* The request has the body, and will have the answer, as the visit has. */
static void keep_secret(const struct visit *v)
{
    if (v->secret)
        arena_mark_secret(v->rq->arena);
}

bool visit_may_complain(struct visit *v)
{
    struct site *s = v->site;
    const int64_t second = clock_mono_ns() / 1000000000;

    if (second != s->refusals_second) {
        if (s->refusals > COMPLAINTS_A_SECOND)
            log_line(LOG_WARN, "web: %u more requests refused", s->refusals - COMPLAINTS_A_SECOND);
        s->refusals_second = second;
        s->refusals = 0;
    }
    return s->refusals++ < COMPLAINTS_A_SECOND;
}

void visit_answer(struct visit *v, const struct visit_reply *reply)
{
    struct http_field fields[FIELDS_MAX] = {{NULL, {NULL, 0}}};
    size_t count = 0;

    v->site->counts.answers[reply->status / 100 % SITE_STATUS_CLASSES]++;
    if (v->rq) {
        for (const struct http_field *f = reply->fields; f && f->name; f++)
            add(fields, &count, f->name, f->value);
        if (!reply->bare)
            for_browsers(v, reply, fields, &count);
        v->rq->gone = NULL;
        keep_secret(v);
        http_answer(v->rq, reply->status, reply->type, reply->body, fields);
    }
    visit_close(v);
}

struct http_stream *visit_stream(struct visit *v, const char *type, const struct http_field *own,
                                 void (*is_gone)(void *user), void *user)
{
    struct http_field fields[FIELDS_MAX] = {{NULL, {NULL, 0}}};
    struct http_stream *stream = NULL;
    size_t count = 0;

    v->site->counts.answers[2]++;
    if (v->rq) {
        for (const struct http_field *f = own; f && f->name; f++)
            add(fields, &count, f->name, f->value);
        for_all_browsers(v, fields, &count);
        v->rq->gone = NULL;
        keep_secret(v);
        stream = http_stream_open(v->rq, type, fields, is_gone, user);
    }
    visit_close(v);
    return stream;
}

void visit_answer_json(struct visit *v, int status, const struct buf *json)
{
    CHECK(!json->full);
    visit_answer(v, &(struct visit_reply){
                        .status = status, .type = "application/json", .body = buf_span(json)});
}

/* clang-format off */
static const struct {
    int status;
    const char *code;
} codes[] = {
    {400, "bad_input"},
    {401, "unauthorized"},
    {403, "forbidden"},
    {404, "not_found"},
    {405, "method_not_allowed"},
    {409, "conflict"},
    {412, "has_changed"},
    {410, "gone"},
    {413, "too_large"},
    {415, "unsupported_type"},
    {428, "needs_version"},
    {429, "too_many"},
    {503, "busy"},
};
/* clang-format on */

static const char *code_of(int status)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].status == status)
            return codes[i].code;
    return "broken";
}

void visit_fail(struct visit *v, const struct visit_error *error)
{
    const struct http_field fields[] = {{error->header, span_of(error->value)}, {NULL, {NULL, 0}}};
    struct buf body = buf_in(v->arena, ERROR_BYTES_MAX);
    struct json_out json = json_out(&body);

    CHECK(error->status >= FIRST_ERROR_STATUS);
    json_out_object(&json, NULL);
    json_out_text(&json, "code", span_of(code_of(error->status)));
    json_out_text(&json, "message", span_of(error->message));
    json_out_text_or_null(&json, "field", span_of(error->field));
    json_out_text_or_null(&json, "help", span_of(error->help));
    json_out_end_object(&json);
    visit_answer(v, &(struct visit_reply){.status = error->status,
                                          .type = "application/json",
                                          .body = buf_span(&body),
                                          .fields = error->header ? fields : NULL});
}

void visit_fail_busy(struct visit *v)
{
    if (v->reading.is_late) {
        visit_fail(v, &(struct visit_error){.status = 503,
                                            .message = "this took too long to read",
                                            .help = "ask for less at once: fewer rows, a shorter "
                                                    "time or a rarer word"});
        return;
    }
    visit_fail(v, &(struct visit_error){.status = 503,
                                        .message = "cannot be done now",
                                        .help = "try again in a moment",
                                        .header = "Retry-After",
                                        .value = "1"});
}

static void work_done(struct work *work)
{
    struct visit *v = work->user;

    v->then(v);
}

void visit_submit(struct visit *v, visit_fn *then)
{
    v->then = then;
    v->work.arena = v->arena;
    v->work.done = work_done;
    v->work.user = v;
    const enum err e = engine_submit(v->site->engine, &v->work);
    if (e) {
        v->work.err = e;
        then(v);
    }
}

static enum err do_read(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct visit *v = reading->user;

    return v->read(v, store, now_ms);
}

static void read_done(struct reading *reading)
{
    struct visit *v = reading->user;

    v->then(v);
}

static void ask(struct visit *v, enum err (*engine_fn)(struct engine *, struct reading *),
                visit_read_fn *read, visit_fn *then)
{
    v->read = read;
    v->then = then;
    v->reading = (struct reading){.read = do_read, .done = read_done, .user = v};
    const enum err e = engine_fn(v->site->engine, &v->reading);
    if (e) {
        v->reading.err = e;
        then(v);
    }
}

void visit_read(struct visit *v, visit_read_fn *read, visit_fn *then)
{
    ask(v, engine_read, read, then);
}

void visit_look(struct visit *v, visit_read_fn *read, visit_fn *then)
{
    ask(v, engine_look, read, then);
}

void visit_browse(struct visit *v, visit_read_fn *read, visit_fn *then)
{
    ask(v, engine_browse, read, then);
}

static void run_job(struct worker_job *job)
{
    struct visit *v = job->user;

    v->run(v);
}

static void job_done(struct worker_job *job)
{
    struct visit *v = job->user;

    v->then(v);
}

void visit_work(struct visit *v, visit_work_fn *run, visit_fn *then)
{
    v->run = run;
    v->then = then;
    v->job = (struct worker_job){.run = run_job, .done = job_done, .user = v};
    if (worker_put(v->site->worker, &v->job))
        visit_fail(v, &(struct visit_error){.status = 503,
                                            .message = "too many people sign in at once",
                                            .help = "try again in a moment",
                                            .header = "Retry-After",
                                            .value = "2"});
}

enum origin visit_origin(const struct visit *v)
{
    return v->user ? ORIGIN_DASHBOARD : ORIGIN_API;
}

struct span visit_by(const struct visit *v)
{
    return v->user ? v->user->name : SPAN("the office");
}
