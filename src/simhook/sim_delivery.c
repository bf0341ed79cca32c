#include "simhook/sim_delivery.h"

#include <string.h>

#include "base/clock.h"
#include "codec/base64.h"
#include "codec/url.h"
#include "provider/signature.h"
#include "simhook/sim_override.h"

enum {
    BODY_BYTES_MAX = 256 << 10,
    HEADERS_MAX = 12,
    SHOWN_BYTES_MAX = 400, /* of what is no address */
    HEADERS_BYTES_MAX = 64 << 10,
    ERROR_ADDRESS = 11100,
    ERROR_RETRIEVAL = 11200,
    ERROR_REDIRECTS = 11215,
    NOT_MODIFIED = 304,
    UNAUTHORIZED = 401,
};

struct delivery {
    struct sim_delivery_order order;
    struct sim_override how;
    const char *url;   /* of the try under way, as it was given */
    const char *plain; /* the same, without user and fragment */
    const char *sent;  /* and with the parameters of a GET */
    bool get;
    struct form params;
    struct span variables;
    const char *headers[HEADERS_MAX + 1];
    size_t header_count;
    int64_t from_ns;
    int retries, redirects;
    bool asked_by_etag, showed_login;
    const char *login; /* asked for by the last answer; NULL: none */
};

/* ---- what is sent ---- */

/* "http://host:port/path?query", without what the carrier never sends or signs; NULL when it is
 * too long. */
static const char *address(struct arena *arena, const struct url *u, size_t most)
{
    struct buf b = buf_in(arena, most);

    buf_printf(&b, "%.*s://%.*s", SPAN_ARG(u->scheme), SPAN_ARG(u->host));
    if (u->port.size)
        buf_printf(&b, ":%.*s", SPAN_ARG(u->port));
    buf_add(&b, u->path.size ? u->path : SPAN("/"));
    if (u->has_query)
        buf_printf(&b, "?%.*s", SPAN_ARG(u->query));
    return b.full ? NULL : b.data;
}

const char *sim_delivery_plain(struct arena *arena, const char *url)
{
    struct url u;
    const char *plain =
        url_parse(span_of(url), &u) ? NULL : address(arena, &u, SIM_DELIVERY_URL_MAX);

    return plain ? plain : arena_printf(arena, "%.*s", SHOWN_BYTES_MAX, url);
}

static struct span encoded(struct arena *arena, const struct form *form)
{
    struct buf b = buf_in(arena, BODY_BYTES_MAX);

    for (size_t i = 0; i < form->count; i++)
        form_add(&b, arena_text(arena, form->fields[i].name), form->fields[i].value);
    return buf_span(&b);
}

/* A GET carries its parameters in the query, which is then part of what is signed. */
static const char *with_query(struct arena *arena, const char *url, struct span query)
{
    struct span fragment;
    const struct span plain = span_cut(span_of(url), '#', &fragment);
    const char *joint = memchr(plain.data, '?', plain.size) ? "&" : "?";

    if (!query.size)
        return url;
    return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(plain), joint, SPAN_ARG(query));
}

/* Voice over https is signed as if the address had no port. */
static const char *sign(const struct delivery *d, const struct url *u)
{
    struct arena *arena = d->order.arena;
    struct signature_keys *keys = signature_keys_open(&d->order.auth_token, 1);
    const struct signature_request signed_part = {
        .method = d->get ? SPAN("GET") : SPAN("POST"),
        .url = span_of(d->sent),
        .content_type = SPAN("application/x-www-form-urlencoded"),
        .body = d->variables,
        .form = d->get ? NULL : &d->params,
    };
    const bool drop_port = d->order.voice && span_is_nocase(u->scheme, SPAN("https"));
    char *out = arena_alloc(arena, SIGNATURE_TEXT_SIZE);

    if (!keys || signature_sign(arena, keys, &signed_part, drop_port, out))
        out[0] = 0;
    signature_keys_close(&keys);
    return out;
}

static void add_header(struct delivery *d, const char *name, struct span value)
{
    if (value.size && d->header_count < HEADERS_MAX)
        d->headers[d->header_count++] =
            arena_printf(d->order.arena, "%s: %.*s", name, SPAN_ARG(value));
}

static struct span kept_etag(const struct delivery *d)
{
    return d->get && d->order.etag ? d->order.etag(d->order.ctx, d->sent) : (struct span){0};
}

static void put_headers(struct delivery *d, const struct url *u)
{
    const struct sim_delivery_order *o = &d->order;
    const struct span etag = kept_etag(d);
    const char *login = o->jar ? sim_jar_login(o->jar, u) : NULL;

    memset(d->headers, 0, sizeof d->headers);
    d->header_count = 0;
    d->asked_by_etag = etag.size > 0;
    if (d->login)
        login = d->login;
    d->showed_login = login != NULL;
    add_header(d, "User-Agent", SPAN("TwilioProxy/1.1"));
    add_header(d, "Accept", SPAN("*/*"));
    add_header(d, "Cache-Control", SPAN("max-age=259200"));
    if (!d->get)
        add_header(d, "Content-Type", SPAN("application/x-www-form-urlencoded; charset=utf-8"));
    add_header(d, "X-Twilio-Signature", span_of(sign(d, u)));
    add_header(d, "I-Twilio-Idempotency-Token", span_of(o->token));
    if (o->jar)
        add_header(d, "Cookie", sim_jar_get(o->jar, o->arena, u, o->now_ms(o->ctx)));
    add_header(d, "Authorization", span_of(login));
    add_header(d, "If-None-Match", etag);
}

static int64_t left_ms(const struct delivery *d)
{
    return d->how.total_ms - (clock_mono_ns() - d->from_ns) / 1000000;
}

/* ---- the end ---- */

static const int codes[HTTP_TROUBLES] = {
    [HTTP_FINE] = ERROR_RETRIEVAL,
    [HTTP_NO_NAME] = 11210,
    [HTTP_REFUSED] = 11202,
    [HTTP_CONNECT_SLOW] = 11201,
    [HTTP_NO_CONNECTION] = 11205,
    [HTTP_TLS_FAILED] = 11220,
    [HTTP_CERT_HOST] = 11235,
    [HTTP_CERT_EXPIRED] = 11236,
    [HTTP_CERT_UNTRUSTED] = 11237,
    [HTTP_SILENT] = ERROR_RETRIEVAL,
    [HTTP_NOT_HTTP] = 11206,
    [HTTP_TOO_LARGE] = 11750,
    [HTTP_BROKEN_OFF] = ERROR_RETRIEVAL,
};

/* The carrier's code for a request without an answer. */
static int code_of(enum http_trouble trouble)
{
    return (unsigned)trouble < HTTP_TROUBLES ? codes[trouble] : ERROR_RETRIEVAL;
}

void sim_delivery_print(struct buf *out)
{
    buf_add_text(out, "| code | when |\n|---|---|\n");
    buf_printf(out, "| %d | no absolute address of http or https |\n", ERROR_ADDRESS);
    buf_printf(out, "| %d | status 4xx or 5xx |\n", ERROR_RETRIEVAL);
    for (enum http_trouble t = HTTP_FINE + 1; t < HTTP_TROUBLES; t++)
        buf_printf(out, "| %d | %s |\n", codes[t], http_trouble_name(t));
    buf_printf(out, "| %d | more than %d redirects |\n", ERROR_REDIRECTS,
               SIM_DELIVERY_REDIRECTS_MAX);
    buf_printf(out, "| %d | an override that cannot be; its usual value is used |\n",
               SIM_OVERRIDE_BAD);
}

static struct span header_lines(const struct delivery *d)
{
    struct buf b = buf_in(d->order.arena, HEADERS_BYTES_MAX);

    for (size_t i = 0; i < d->header_count; i++)
        buf_printf(&b, "%s\n", d->headers[i]);
    return buf_span(&b);
}

static void end(struct delivery *d, int error, const char *words, const struct http_result *result)
{
    const struct sim_delivered what = {
        .error = error,
        .words = words,
        .result = result,
        .url = d->url,
        .method = d->get ? "GET" : "POST",
        .plain = d->plain,
        .sent = d->sent,
        .headers = header_lines(d),
        .variables = d->variables,
    };

    d->order.done(d->order.ctx, &what);
}

/* ---- what comes back ---- */

static enum err send_try(struct delivery *d);

/* Takes the next "Name: value" line of `head` with that name; false when there is none. */
static bool take_field(struct span *head, const char *name, struct span *out)
{
    while (head->size) {
        struct span value;
        const struct span line = span_cut(*head, '\n', head);
        if (span_is_nocase(span_cut(line, ':', &value), span_of(name))) {
            *out = span_trim(value);
            return true;
        }
    }
    return false;
}

static void keep_cookies(const struct delivery *d, const struct http_result *result)
{
    struct span head = result->head, line;
    struct url u;

    if (!d->order.jar || url_parse(span_of(d->sent), &u))
        return;
    while (take_field(&head, "Set-Cookie", &line))
        sim_jar_put(d->order.jar, &u, line, d->order.now_ms(d->order.ctx));
}

/* Basic, with a realm; what else is asked for is not known here. */
static bool asks_for_login(struct arena *arena, struct span head)
{
    struct span line;

    while (take_field(&head, "WWW-Authenticate", &line)) {
        const char *basic = strcasestr(arena_text(arena, line), "basic ");
        if (basic && strcasestr(basic, "realm="))
            return true;
    }
    return false;
}

/* The credentials of the address, once it has asked for them; false when it has not, has none or
 * knows them already. */
static bool log_in(struct delivery *d, const struct http_result *result)
{
    struct arena *arena = d->order.arena;
    struct url u;

    if (result->outcome != HTTP_ANSWERED || result->status != UNAUTHORIZED || d->showed_login ||
        url_parse(span_of(d->url), &u) || !u.user.size || !asks_for_login(arena, result->head))
        return false;
    const char *pair = memchr(u.user.data, ':', u.user.size)
                           ? arena_text(arena, u.user)
                           : arena_printf(arena, "%.*s:", SPAN_ARG(u.user));
    const struct span text = base64_render(arena, pair, strlen(pair));
    d->login = arena_printf(arena, "Basic %.*s", SPAN_ARG(text));
    if (d->order.jar)
        sim_jar_log_in(d->order.jar, &u, d->login);
    return true;
}

static bool wants_retry(const struct delivery *d, const struct http_result *result)
{
    const unsigned kind =
        result->outcome == HTTP_NOT_SENT                                ? SIM_RETRY_CONNECT
        : result->trouble == HTTP_SILENT && !result->begun              ? SIM_RETRY_READ
        : result->outcome == HTTP_ANSWERED && result->status / 100 == 4 ? SIM_RETRY_4XX
        : result->outcome == HTTP_ANSWERED && result->status / 100 == 5 ? SIM_RETRY_5XX
                                                                        : 0;

    return (d->how.retry_on & kind) && d->retries < d->how.retries && left_ms(d) > 0;
}

static bool is_redirect(const struct http_result *result)
{
    static const int known[] = {301, 302, 303, 307, 308};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (result->status == known[i])
            return result->location.size > 0;
    return false;
}

/* Parameters are not sent again, but where the method stays. */
static void follow(struct delivery *d, const struct http_result *result)
{
    const struct span to = url_resolve(d->order.arena, span_of(d->url), result->location);
    struct url u;

    if (++d->redirects > SIM_DELIVERY_REDIRECTS_MAX) {
        end(d, ERROR_REDIRECTS, "more than 10 redirects", result);
        return;
    }
    if (url_parse(to, &u)) {
        end(d, ERROR_ADDRESS, "a redirect to what is no http or https address", result);
        return;
    }
    if (d->get || (result->status != 307 && result->status != 308)) {
        d->get = true;
        d->params.count = 0;
    }
    d->url = arena_text(d->order.arena, to);
    d->login = NULL;
    if (send_try(d))
        end(d, ERROR_ADDRESS, "a redirect to what cannot be sent to", result);
}

static const char *status_words(const struct delivery *d, int status)
{
    if (status == UNAUTHORIZED && !d->showed_login)
        return "status 401, without a Basic challenge with a realm for credentials in the address";
    return arena_printf(d->order.arena, "status %d", status);
}

static void judge(struct delivery *d, const struct http_result *result)
{
    if (result->outcome != HTTP_ANSWERED)
        end(d, code_of(result->trouble), http_trouble_name(result->trouble), result);
    else if (is_redirect(result))
        follow(d, result);
    else if (result->status / 100 == 2 || (d->asked_by_etag && result->status == NOT_MODIFIED))
        end(d, 0, NULL, result);
    else
        end(d, ERROR_RETRIEVAL, status_words(d, result->status), result);
}

static void on_result(void *ctx, const struct http_result *result)
{
    struct delivery *d = ctx;
    const bool retry = wants_retry(d, result), login = log_in(d, result);
    const struct sim_delivery_try one = {.method = d->get ? "GET" : "POST",
                                         .url = d->plain,
                                         .params = &d->params,
                                         .result = result,
                                         .again = retry || login};

    keep_cookies(d, result);
    d->order.tried(d->order.ctx, &one);
    d->retries += retry && !login;
    if (!retry && !login)
        judge(d, result);
    else if (send_try(d))
        end(d, ERROR_ADDRESS, "the address cannot be sent to", result);
}

static enum err send_try(struct delivery *d)
{
    const struct sim_delivery_order *o = &d->order;
    const int64_t left = left_ms(d);
    struct url u;

    if (url_parse(span_of(d->url), &u))
        return ERR_BAD_INPUT;
    d->plain = address(o->arena, &u, SIM_DELIVERY_URL_MAX);
    d->variables = encoded(o->arena, &d->params);
    const char *full = d->get ? with_query(o->arena, d->url, d->variables) : d->url;
    if (url_parse(span_of(full), &u))
        return ERR_BAD_INPUT;
    d->sent = address(o->arena, &u, SIM_DELIVERY_URL_MAX + BODY_BYTES_MAX);
    if (!d->plain || !d->sent)
        return ERR_BAD_INPUT;
    put_headers(d, &u);
    const int total_ms = left > 1 ? (int)left : 1;
    const struct http_call call = {
        .method = d->get ? "GET" : "POST",
        .url = d->sent,
        .headers = d->headers,
        .body = d->get ? (struct span){0} : d->variables,
        .connect_ms = d->how.connect_ms < total_ms ? d->how.connect_ms : total_ms,
        .total_ms = total_ms,
        .idle_ms = d->how.read_ms,
        .max_bytes = o->max_bytes,
        .ca_file = o->ca_file,
        .unverified = o->unverified,
        .unpack = true,
        .keep_head = true,
    };
    http_client_send(o->client, &call, on_result, d);
    return ERR_NONE;
}

enum err sim_delivery_start(const struct sim_delivery_order *order)
{
    const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX];
    struct delivery *d = ARENA_NEW(order->arena, struct delivery);
    struct url u;

    *d = (struct delivery){.order = *order,
                           .url = order->url,
                           .get = order->get,
                           .params = order->params,
                           .from_ns = clock_mono_ns()};
    if (url_parse(span_of(order->url), &u))
        return ERR_BAD_INPUT;
    const size_t count = sim_override_parse(order->arena, u.fragment, &d->how, mistakes);
    for (size_t i = 0; i < count; i++)
        order->mistake(order->ctx, mistakes[i]);
    return send_try(d);
}
