#include "sim/sim_rest.h"

#include <string.h>

#include "codec/base64.h"
#include "codec/form.h"
#include "sim/sim_note.h"
#include "sim/sim_resource.h"
#include "sim/sim_shape.h"

enum {
    ANSWER_BYTES_MAX = 8 << 20,
    CREDENTIALS_MAX = 256,
    PAGE_SIZE = 50,
    PAGE_SIZE_MAX = 1000,
    PAGES_MAX = 1000000,
};

static const char api_root[] = "/2010-04-01/Accounts/";

struct route {
    const char *resource; /* "Messages" or "Calls" */
    struct span sid;      /* empty: the list */
    bool texts;
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

/* "/2010-04-01/Accounts/AC/Messages/SM.json" into its parts. */
static bool route_parse(struct span path, struct span *out_account, struct route *out)
{
    struct span rest;
    const struct span suffix = SPAN(".json");

    if (!span_starts(path, span_of(api_root)) || path.size < suffix.size ||
        memcmp(path.data + path.size - suffix.size, suffix.data, suffix.size) != 0)
        return false;
    path.size -= suffix.size;
    *out_account = span_cut(span_skip(path, sizeof api_root - 1), '/', &rest);
    const struct span name = span_cut(rest, '/', &out->sid);
    out->texts = span_is_text(name, "Messages");
    out->resource = out->texts ? "Messages" : "Calls";
    return out->texts || span_is_text(name, "Calls");
}

/* The filters again, for the addresses of other pages. */
static struct span filters(struct arena *arena, const struct form *query)
{
    struct buf b = buf_in(arena, 1024);

    for (size_t i = 0; i < query->count; i++) {
        const struct form_field *f = &query->fields[i];
        if (!span_is_text(f->name, "Page") && !span_is_text(f->name, "PageSize") &&
            !span_is_text(f->name, "PageToken"))
            form_add(&b, arena_text(arena, f->name), f->value);
    }
    return buf_span(&b);
}

struct listing {
    struct sim_resource *resource;
    bool texts;
    int64_t skip;      /* rows before the page, when there is no token */
    const char *after; /* SID of the row before the page, or NULL */
};

static const char *row_sid(const struct listing *l, size_t i)
{
    const struct sim_world *w = l->resource->world;

    return l->texts ? w->texts[i]->sid : w->legs[i]->sid;
}

static bool row_listed(const struct listing *l, size_t i)
{
    const struct sim_world *w = l->resource->world;

    return l->texts ? sim_resource_text_listed(l->resource, w->texts[i])
                    : sim_resource_call_listed(l->resource, w->legs[i]);
}

/* Newest first. Returns how many rows were written and, when more follow, the last one's SID. */
static size_t list_rows(struct listing *l, struct json_out *o, size_t max, const char **out_last)
{
    const struct sim_world *w = l->resource->world;
    size_t rows = 0;
    const char *last = NULL;
    bool begun = l->after == NULL;

    *out_last = NULL;
    for (size_t i = l->texts ? w->text_count : w->leg_count; i-- > 0;) {
        if (!begun) {
            begun = !strcmp(row_sid(l, i), l->after);
            continue;
        }
        if (!row_listed(l, i) || (!l->after && l->skip-- > 0))
            continue;
        if (rows == max) {
            *out_last = last;
            break;
        }
        if (l->texts)
            sim_shape_text(o, NULL, w->texts[i]);
        else
            sim_shape_call(o, NULL, w->legs[i]);
        last = row_sid(l, i);
        rows++;
    }
    return rows;
}

static void list(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);
    struct json_out o = json_out(&b);
    int64_t page = 0, size = PAGE_SIZE;
    const struct span token = form_get(r->form, "PageToken");
    const struct span asked = form_get(r->form, "PageSize"), at = form_get(r->form, "Page");

    if ((asked.size && !span_number(asked, 1, PAGE_SIZE_MAX, &size)) ||
        (at.size && !span_number(at, 0, PAGES_MAX, &page))) {
        refuse(r->world, rq, 400, 20007, "Page size or page is out of range");
        return;
    }
    struct listing l = {.resource = r, .texts = route->texts, .skip = page * size};
    if (token.size)
        l.after = arena_text(rq->arena, span_skip(token, 2));
    if (token.size && !(route->texts ? (void *)sim_world_text(r->world, span_of(l.after))
                                     : (void *)sim_world_leg(r->world, span_of(l.after)))) {
        refuse(r->world, rq, 400, 21481, "Invalid PageToken");
        return;
    }
    struct sim_shape_page frame = {.path = arena_text(rq->arena, rq->path),
                                   .query = filters(rq->arena, r->form),
                                   .page = page,
                                   .page_size = size,
                                   .start = page * size};
    json_out_object(&o, NULL);
    json_out_list(&o, route->texts ? "messages" : "calls");
    frame.rows = list_rows(&l, &o, (size_t)size, &frame.token);
    json_out_end_list(&o);
    sim_shape_page(&o, &frame);
    json_out_end_object(&o);
    answer(r->world, rq, 200, buf_span(&b));
}

static void answer_row(struct sim_resource *r, struct http_request *rq, int status)
{
    struct buf b = buf_in(rq->arena, ANSWER_BYTES_MAX);
    struct json_out o = json_out(&b);

    if (r->status) {
        refuse(r->world, rq, r->status, r->code, r->message);
        return;
    }
    if (status != 204 && r->text)
        sim_shape_text(&o, NULL, r->text);
    else if (status != 204)
        sim_shape_call(&o, NULL, r->leg);
    answer(r->world, rq, status, buf_span(&b));
}

static void create(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    if (sim_world_fault(r->world, SIM_ERROR_429, route->resource)) {
        refuse(r->world, rq, 429, 20429, "Too Many Requests");
        return;
    }
    if (route->texts)
        sim_resource_text_create(r);
    else
        sim_resource_call_create(r);
    if (!r->status && sim_world_fault(r->world, SIM_ACCEPT_THEN_RESET, route->resource))
        drop(r->world, rq, "accepted");
    else if (!r->status && sim_world_fault(r->world, SIM_ERROR_500_AFTER_ACCEPT, route->resource))
        refuse(r->world, rq, 500, 20500, "Internal Server Error");
    else
        answer_row(r, rq, 201);
}

static void change(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const bool removes = span_is_text(rq->method, "DELETE");

    if (route->texts)
        (removes ? sim_resource_text_delete : sim_resource_text_update)(r);
    else
        (removes ? sim_resource_call_delete : sim_resource_call_update)(r);
    answer_row(r, rq, removes ? 204 : 200);
}

static void serve(struct sim_resource *r, struct http_request *rq, const struct route *route)
{
    const bool reads = span_is_text(rq->method, "GET"), posts = span_is_text(rq->method, "POST");

    if (route->sid.size) {
        r->text = route->texts ? sim_world_text(r->world, route->sid) : NULL;
        r->leg = route->texts ? NULL : sim_world_leg(r->world, route->sid);
        const struct sim_account *owner = r->text  ? r->text->account
                                          : r->leg ? r->leg->account
                                                   : NULL;
        if (owner != r->account)
            refuse_unknown(r->world, rq);
        else if (reads)
            answer_row(r, rq, 200);
        else if (posts || span_is_text(rq->method, "DELETE"))
            change(r, rq, route);
        else
            refuse(r->world, rq, 405, 20004, "Method not allowed");
    } else if (reads) {
        list(r, rq, route);
    } else if (posts) {
        create(r, rq, route);
    } else {
        refuse(r->world, rq, 405, 20004, "Method not allowed");
    }
}

void sim_rest_handle(struct sim_world *w, struct http_request *rq)
{
    struct span sid = {0};
    struct route route = {.resource = ""};
    struct form form;
    const bool reads = span_is_text(rq->method, "GET");

    w->stirred_ns = clock_mono_ns();
    const bool known = route_parse(rq->path, &sid, &route);
    struct sim_account *account = sim_world_account(w, sid);
    if (span_is_text(rq->method, "POST") && sim_world_fault(w, SIM_REFUSE, route.resource)) {
        drop(w, rq, "refused");
    } else if (known && !is_let_in(account, rq)) {
        refuse(w, rq, 401, 20003, "Authenticate");
    } else if (!known) {
        refuse_unknown(w, rq);
    } else if (form_parse(rq->arena, reads ? rq->query : rq->body, &form)) {
        refuse(w, rq, 400, 20001, "The parameters are not well-formed");
    } else {
        struct sim_resource r = {.world = w, .account = account, .arena = rq->arena, .form = &form};
        serve(&r, rq, &route);
    }
}
