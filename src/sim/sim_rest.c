#include "sim/sim_rest.h"

#include <string.h>

#include "codec/base64.h"
#include "codec/form.h"
#include "sim/sim_held.h"
#include "sim/sim_list.h"
#include "sim/sim_media.h"
#include "sim/sim_note.h"
#include "sim/sim_recording.h"
#include "sim/sim_resource.h"
#include "sim/sim_shape.h"

enum {
    ANSWER_BYTES_MAX = 8 << 20,
    CREDENTIALS_MAX = 256,
};

static const char api_root[] = "/2010-04-01/Accounts/";

enum kind { TEXTS, CALLS, RECORDINGS, KINDS };

static const struct {
    const char *name, *below; /* what a row has below it, or NULL */
} kinds[KINDS] = {
    [TEXTS] = {"Messages", "Media"},
    [CALLS] = {"Calls", "Recordings"},
    [RECORDINGS] = {"Recordings", NULL},
};

struct route {
    enum kind kind;
    struct span sid;   /* empty: the list */
    struct span below; /* "Media" or the like, or empty */
    struct span below_sid;
    bool json; /* ".json" was asked for */
    bool mp3;  /* ".mp3" was; of a recording */
};

static void answer(struct sim_world *w, struct http_request *rq, int status, struct span body)
{
    char sid[LIMIT_SID_SIZE];

    sim_world_sid(w, "RQ", 0, sid);
    const struct http_field fields[] = {
        {"Twilio-Request-Id", span_of(arena_text(rq->arena, span_of(sid)))},
        {"Twilio-Request-Duration", SPAN("0.010")},
        {"Twilio-Concurrent-Requests", SPAN("1")},
        {"X-Home-Region", SPAN("us1")},
        {"X-Api-Domain", SPAN("api.twilio.com")},
        {"X-Powered-By", SPAN("AT-5000")},
        {"X-Shenanigans", SPAN("none")},
        {"Access-Control-Allow-Origin", SPAN("*")},
        {"Access-Control-Expose-Headers", SPAN("ETag, Twilio-Request-Id")},
        {"Strict-Transport-Security", SPAN("max-age=31536000")},
        {status == 401 ? "WWW-Authenticate" : NULL, SPAN("Basic realm=\"Twilio API\"")},
        {NULL, {0}},
    };
    struct sim_note n;

    sim_note_open(w, &n, "rest", "%.*s %.*s -> %d", SPAN_ARG(rq->method), SPAN_ARG(rq->target),
                  status);
    json_out_text(&n.json, "method", rq->method);
    json_out_text(&n.json, "target", rq->target);
    json_out_number(&n.json, "status", status);
    json_out_text(&n.json, "form", rq->body);
    sim_note_close(w, &n);
    http_answer(rq, status, status == 204 ? NULL : "application/json;charset=utf-8", body, fields);
}

static void refuse(struct sim_world *w, struct http_request *rq, int status, int code,
                   const char *message)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);

    sim_shape_error(&b, status, code, message);
    answer(w, rq, status, buf_span(&b));
}

static void refuse_unknown(struct sim_world *w, struct http_request *rq)
{
    refuse(
        w, rq, 404, 20404,
        arena_printf(rq->arena, "The requested resource %.*s was not found", SPAN_ARG(rq->path)));
}

static void drop(struct sim_world *w, struct http_request *rq, const char *why)
{
    sim_note(w, "fault", "%.*s %.*s: %s, the connection is reset", SPAN_ARG(rq->method),
             SPAN_ARG(rq->target), why);
    http_drop(rq);
}

/* The account's own name and token, or one of its API keys. */
static bool opens(const struct sim_account *a, struct span user, struct span password)
{
    if (span_is_text(user, a->sid))
        return span_is_text(password, a->auth_token);
    for (size_t i = 0; i < a->key_count; i++)
        if (span_is_text(user, a->keys[i].sid))
            return span_is_text(password, a->keys[i].secret);
    return false;
}

static bool is_let_in(const struct sim_account *a, const struct http_request *rq)
{
    char plain[CREDENTIALS_MAX];
    size_t size = 0;
    struct span given = http_header(rq, "Authorization"), password;

    if (!span_is_nocase((struct span){given.data, given.size < 6 ? 0 : 6}, SPAN("Basic ")) ||
        !base64_parse_any(span_trim(span_skip(given, 6)), plain, sizeof plain, &size))
        return false;
    const struct span user = span_cut((struct span){plain, size}, ':', &password);
    return a && opens(a, user, password);
}

bool sim_rest_lets_in(const struct sim_world *w, const struct http_request *rq)
{
    for (size_t i = 0; i < w->account_count; i++)
        if (is_let_in(&w->accounts[i], rq))
            return true;
    return false;
}

static bool suffix_cut(struct span *path, struct span suffix)
{
    const bool has = path->size > suffix.size &&
                     !memcmp(path->data + path->size - suffix.size, suffix.data, suffix.size);

    path->size -= has ? suffix.size : 0;
    return has;
}

static bool kind_parse(struct span name, enum kind *out)
{
    for (enum kind k = 0; k < KINDS; k++)
        if (span_is_text(name, kinds[k].name)) {
            *out = k;
            return true;
        }
    return false;
}

/* "/2010-04-01/Accounts/AC/Messages/SM/Media/ME.json" into its parts, from the left as far as
 * it goes. Only media and recordings have addresses without the suffix: those of their bytes. */
static bool route_parse(struct span path, struct span *out_account, struct route *out)
{
    struct span rest;

    if (!span_starts(path, span_of(api_root)))
        return false;
    out->json = suffix_cut(&path, SPAN(".json"));
    out->mp3 = !out->json && suffix_cut(&path, SPAN(".mp3"));
    if (!out->json && !out->mp3)
        (void)suffix_cut(&path, SPAN(".wav"));
    *out_account = span_cut(span_skip(path, sizeof api_root - 1), '/', &rest);
    const struct span name = span_cut(rest, '/', &rest);
    out->sid = span_cut(rest, '/', &rest);
    out->below = span_cut(rest, '/', &out->below_sid);
    if (!kind_parse(name, &out->kind))
        return false;
    if (out->below.size &&
        !(kinds[out->kind].below && span_is_text(out->below, kinds[out->kind].below)))
        return false;
    return out->json || (out->kind == TEXTS && out->below_sid.size) ||
           (out->kind == RECORDINGS && out->sid.size);
}

static void render_row(struct sim_resource *r, struct buf *out)
{
    struct json_out o = json_out(out);

    if (r->text)
        sim_shape_text(&o, NULL, r->text);
    else if (r->recording)
        sim_shape_recording(&o, NULL, r->recording);
    else
        sim_shape_call(&o, NULL, r->leg);
}

static void answer_row(struct sim_resource *r, struct http_request *rq, int status)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);

    if (r->status) {
        refuse(r->world, rq, r->status, r->code, r->message);
        return;
    }
    if (status != 204)
        render_row(r, &b);
    answer(r->world, rq, status, buf_span(&b));
}

/* Answers what was kept back; without a status the connection is reset. */
static void release(struct sim_world *w, struct http_request *rq, int status, struct span body)
{
    w->stirred_ns = clock_mono_ns();
    if (status)
        answer(w, rq, status, body);
    else
        drop(w, rq, "silence");
}

static void hold(struct sim_resource *r, struct http_request *rq, const struct sim_fault *fault)
{
    const bool silent = fault->kind == SIM_ACCEPT_THEN_SILENCE;
    const bool told = fault->kind == SIM_CALLBACK_BEFORE_ANSWER;
    const char *sid = r->text ? r->text->sid : r->leg->sid;
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);

    render_row(r, &b);
    sim_note(r->world, "fault", "%s %.*s: accepted as %s, %s", sim_fault_name(fault->kind),
             SPAN_ARG(rq->target), sid, silent ? "no answer" : "the answer waits");
    sim_held_keep(r->world, rq,
                  &(struct sim_held_plan){.after_ms = fault->after_ms,
                                          .subject = told ? sid : "",
                                          .status = silent ? 0 : 201,
                                          .body = buf_span(&b),
                                          .release = release});
}

static bool happens(struct sim_world *w, const struct sim_fault_case *what,
                    enum sim_fault_kind kind)
{
    return sim_fault_take(&w->faults, kind, what, NULL);
}

static void answer_created(struct sim_resource *r, struct http_request *rq,
                           const struct sim_fault_case *what)
{
    static const enum sim_fault_kind holding[] = {SIM_ACCEPT_THEN_SILENCE,
                                                  SIM_CALLBACK_BEFORE_ANSWER, SIM_SLOW};
    struct sim_fault fault;

    if (happens(r->world, what, SIM_ACCEPT_THEN_RESET)) {
        drop(r->world, rq, "accepted");
        return;
    }
    if (happens(r->world, what, SIM_ERROR_500_AFTER_ACCEPT)) {
        refuse(r->world, rq, 500, 20500, "Internal Server Error");
        return;
    }
    for (size_t i = 0; i < sizeof holding / sizeof holding[0]; i++)
        if (sim_fault_take(&r->world->faults, holding[i], what, &fault)) {
            hold(r, rq, &fault);
            return;
        }
    answer_row(r, rq, 201);
}

static void create(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const struct sim_fault_case what = {kinds[route->kind].name, form_get(r->form, "To")};

    if (happens(r->world, &what, SIM_RESET_BEFORE_ACCEPT)) {
        drop(r->world, rq, "not accepted");
        return;
    }
    if (happens(r->world, &what, SIM_ERROR_500_BEFORE_ACCEPT)) {
        refuse(r->world, rq, 500, 20500, "Internal Server Error");
        return;
    }
    if (happens(r->world, &what, SIM_ERROR_429)) {
        refuse(r->world, rq, 429, 20429, "Too Many Requests");
        return;
    }
    if (route->kind == TEXTS)
        sim_resource_text_create(r);
    else
        sim_resource_call_create(r);
    if (r->status)
        answer_row(r, rq, 201);
    else
        answer_created(r, rq, &what);
}

static void change(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const bool removes = span_is_text(rq->method, "DELETE");

    if (route->kind == TEXTS)
        (removes ? sim_resource_text_delete : sim_resource_text_update)(r);
    else if (route->kind == RECORDINGS)
        r->recording->deleted = true;
    else
        (removes ? sim_resource_call_delete : sim_resource_call_update)(r);
    answer_row(r, rq, removes ? 204 : 200);
}

static void list(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);

    if (route->kind == RECORDINGS || (route->kind == CALLS && route->below.size))
        sim_list_recordings(r, rq->path, &b);
    else if (route->below.size)
        sim_list_media(r, rq->path, &b);
    else if (route->kind == TEXTS)
        sim_list_texts(r, rq->path, &b);
    else
        sim_list_calls(r, rq->path, &b);
    if (r->status)
        refuse(r->world, rq, r->status, r->code, r->message);
    else
        answer(r->world, rq, 200, buf_span(&b));
}

/* What is below a message, its media; below a call, the list of its recordings. */
static void serve_below(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const struct sim_media *m = sim_world_media(r->world, route->below_sid);
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);
    struct json_out o = json_out(&b);

    if (!span_is_text(rq->method, "GET")) {
        refuse(r->world, rq, 405, 20004, "Method not allowed");
    } else if (!route->below_sid.size) {
        list(r, rq, route);
    } else if (route->kind != TEXTS || !m || m->text != r->text ||
               !span_is_text(route->below_sid, m->sid)) {
        refuse_unknown(r->world, rq);
    } else if (!route->json) {
        sim_media_send_on(m, rq);
    } else {
        sim_shape_media(&o, NULL, m);
        answer(r->world, rq, 200, buf_span(&b));
    }
}

/* Fills in the row that the route names; returns its account, NULL when there is none. */
static const struct sim_account *row_find(struct sim_resource *r, const struct route *route)
{
    switch (route->kind) {
    case TEXTS:
        r->text = sim_world_text(r->world, route->sid);
        return r->text ? r->text->account : NULL;
    case CALLS:
        r->leg = sim_world_leg(r->world, route->sid);
        return r->leg ? r->leg->account : NULL;
    case RECORDINGS:
        r->recording = sim_world_recording(r->world, route->sid);
        return r->recording ? r->recording->leg->account : NULL;
    case KINDS:
        break;
    }
    return NULL;
}

static void serve_one(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const bool reads = span_is_text(rq->method, "GET");

    if (row_find(r, route) != r->account)
        refuse_unknown(r->world, rq);
    else if (route->below.size)
        serve_below(r, rq, route);
    else if (reads && !route->json)
        sim_recording_serve(r->recording, route->mp3 ? SIM_MP3 : SIM_WAV, rq);
    else if (reads)
        answer_row(r, rq, 200);
    else if ((span_is_text(rq->method, "POST") && route->kind != RECORDINGS) ||
             span_is_text(rq->method, "DELETE"))
        change(r, rq, route);
    else
        refuse(r->world, rq, 405, 20004, "Method not allowed");
}

static void serve(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    if (route->sid.size)
        serve_one(r, rq, route);
    else if (span_is_text(rq->method, "GET"))
        list(r, rq, route);
    else if (span_is_text(rq->method, "POST") && route->kind != RECORDINGS)
        create(r, rq, route);
    else
        refuse(r->world, rq, 405, 20004, "Method not allowed");
}

/* Faults that strike before anybody has looked at the request. */
static bool is_cut(struct sim_world *w, struct http_request *rq, const struct route *route,
                   struct span to)
{
    const struct sim_fault_case what = {kinds[route->kind].name, to};

    if (happens(w, &what, SIM_REST_DOWN)) {
        drop(w, rq, "down");
        return true;
    }
    if (span_is_text(rq->method, "POST") && happens(w, &what, SIM_REFUSE)) {
        drop(w, rq, "refused");
        return true;
    }
    return false;
}

void sim_rest_handle(struct sim_world *w, struct http_request *rq)
{
    struct span sid = {0};
    struct route route = {.kind = TEXTS};
    struct form form = {0};
    const bool reads = span_is_text(rq->method, "GET");

    w->stirred_ns = clock_mono_ns();
    const bool known = route_parse(rq->path, &sid, &route);
    const enum err malformed = form_parse(rq->arena, reads ? rq->query : rq->body, &form);
    struct sim_account *account = sim_world_account(w, sid);
    if (is_cut(w, rq, &route, malformed ? (struct span){0} : form_get(&form, "To"))) {
        return;
    } else if (known && !is_let_in(account, rq)) {
        refuse(w, rq, 401, 20003, "Authenticate");
    } else if (!known) {
        refuse_unknown(w, rq);
    } else if (malformed) {
        refuse(w, rq, 400, 20001, "The parameters are not well-formed");
    } else {
        struct sim_resource r = {.world = w, .account = account, .arena = rq->arena, .form = &form};
        serve(&r, rq, &route);
    }
}
