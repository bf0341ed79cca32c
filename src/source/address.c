#include "source/address.h"

#include <string.h>

#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/url.h"
#include "model/limits.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 20000, HEADERS_MAX = 10, KEY_BYTES_MAX = 4096 };

bool address_is(const char *place)
{
    return place && (strncmp(place, "https://", 8) == 0 || strncmp(place, "http://", 7) == 0 ||
                     strncmp(place, "s3://", 5) == 0);
}

static bool is_s3(const char *address)
{
    return strncmp(address, "s3://", 5) == 0;
}

const char *address_shown(struct arena *arena, const char *address)
{
    struct span query;
    const struct span text = span_cut(span_of(address), '?', &query);
    struct url u;

    if (is_s3(address) || url_parse(text, &u))
        return arena_text(arena, text);
    return arena_printf(arena, "%.*s://%.*s%s%.*s%.*s", SPAN_ARG(u.scheme), SPAN_ARG(u.host),
                        u.port.size ? ":" : "", SPAN_ARG(u.port), SPAN_ARG(u.path));
}

static const char *text_of(struct span text)
{
    return text.size ? text.data : NULL;
}

struct address_keys address_keys_of(const struct settings *s)
{
    return (struct address_keys){
        .region = text_of(s->aws_region.size ? s->aws_region : s->aws_default_region),
        .key_id = text_of(s->aws_access_key_id),
        .secret = text_of(s->aws_secret_access_key),
        .session_token = text_of(s->aws_session_token),
        .endpoint =
            text_of(s->aws_endpoint_url_s3.size ? s->aws_endpoint_url_s3 : s->aws_endpoint_url),
    };
}

static void escape_key(struct buf *out, struct span key)
{
    while (key.size > 0) {
        struct span rest;
        const struct span part = span_cut(key, '/', &rest);
        const bool more = part.size < key.size;
        url_escape(out, part);
        if (more)
            buf_add_char(out, '/');
        key = more ? rest : (struct span){0};
    }
}

static bool has_dot(struct span bucket)
{
    return memchr(bucket.data, '.', bucket.size) != NULL;
}

/* Buckets with a dot in their name do not go with the certificate of BUCKET.s3. */
static const char *s3_url(struct arena *arena, const struct address_ask *a, const char **out_why)
{
    struct span key;
    const struct span bucket = span_cut(span_skip(span_of(a->address), 5), '/', &key);
    struct buf path = buf_in(arena, KEY_BYTES_MAX);

    escape_key(&path, key);
    if (a->query)
        buf_printf(&path, "?%s", a->query);
    *out_why = "names no object; write s3://BUCKET/KEY";
    if (bucket.size == 0 || (key.size == 0 && !a->query) || path.full ||
        url_has_dots(buf_span(&path)))
        return NULL;
    if (a->keys->endpoint)
        return arena_printf(arena, "%s/%.*s/%s", a->keys->endpoint, SPAN_ARG(bucket), path.data);
    if (has_dot(bucket))
        return arena_printf(arena, "https://s3.%s.amazonaws.com/%.*s/%s", a->keys->region,
                            SPAN_ARG(bucket), path.data);
    return arena_printf(arena, "https://%.*s.s3.%s.amazonaws.com/%s", SPAN_ARG(bucket),
                        a->keys->region, path.data);
}

/* libcurl signs it; it wants the hash of the body from us. */
static void sign(struct arena *arena, const struct address_keys *k, struct http_call *call,
                 const char **headers)
{
    uint8_t hash[DIGEST_SHA256_BYTES];

    digest_sha256(call->body, hash);
    *headers++ = arena_printf(arena, "x-amz-content-sha256: %.*s",
                              SPAN_ARG(base64_hex_render(arena, hash, sizeof hash)));
    if (k->session_token)
        *headers++ = arena_printf(arena, "x-amz-security-token: %s", k->session_token);
    call->user = k->key_id;
    call->password = k->secret;
    call->sign_as = arena_printf(arena, "aws:amz:%s:s3", k->region);
}

static bool has_keys(const struct address_keys *k, const char **out_why)
{
    *out_why = !k->region ? "has no region; set AWS_REGION"
                          : "has no keys; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    return k->region && k->key_id && k->secret;
}

bool address_call(struct arena *arena, const struct address_ask *a, struct http_call *out,
                  const char **out_why)
{
    const char **headers = ARENA_NEW_N(arena, const char *, HEADERS_MAX), **next = headers;
    const bool s3 = is_s3(a->address);
    struct http_call call = {
        .method = a->is_put    ? "PUT"
                  : a->is_post ? "POST"
                  : a->is_drop ? "DELETE"
                               : "GET",
        .url = a->address,
        .body = a->is_put || a->is_post ? a->body : (struct span){0},
        .headers = headers,
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .max_bytes = LIMIT_ROSTER_BYTES,
        .public_only = !a->private_too && !(s3 && a->keys->endpoint),
    };

    if (a->is_put || a->is_post)
        *next++ = a->is_post ? "Content-Type: application/xml" : "Content-Type: application/json";
    if (a->range)
        *next++ = arena_printf(arena, "Range: %s", a->range);
    if (a->etag.size > 0)
        *next++ = arena_printf(arena, "%s: %.*s", a->is_put ? "If-Match" : "If-None-Match",
                               SPAN_ARG(a->etag));
    else if (a->is_put && !a->is_part)
        *next++ = "If-None-Match: *";
    if (s3) {
        if (!has_keys(a->keys, out_why) || !(call.url = s3_url(arena, a, out_why)))
            return false;
        sign(arena, a->keys, &call, next);
    }
    *out = call;
    return true;
}

static struct address_answer failed(const char *why, bool answered)
{
    return (struct address_answer){.fate = ADDRESS_FAILED, .why = why, .answered = answered};
}

/* S3 says in its body what it has against a request. */
static struct span code_of(struct span body)
{
    static const char open[] = "<Code>";
    const char *at = body.size ? memmem(body.data, body.size, open, sizeof open - 1) : NULL;
    struct span rest;

    if (!at)
        return (struct span){0};
    at += sizeof open - 1;
    const struct span code =
        span_cut((struct span){at, body.size - (size_t)(at - body.data)}, '<', &rest);
    return code.size <= 64 ? code : (struct span){0};
}

static const char *refusal(struct arena *arena, const struct address_ask *a,
                           const struct http_result *r)
{
    const struct span code = code_of(r->body);
    const char *mend = "try it with curl";

    if (span_is(code, SPAN("ExpiredToken")))
        mend = "the session token has expired: give new AWS_* and start again";
    else if (span_is(code, SPAN("RequestTimeTooSkewed")))
        mend = "this machine's clock is wrong: set it";
    else if (is_s3(a->address) && (r->status == 401 || r->status == 403))
        mend = a->is_put || a->is_post ? "check the AWS_* keys, and that they may put this object"
                                       : "check the AWS_* keys, and that they may get this object";
    else if (r->status == 401 || r->status == 403)
        mend = "it asks for a right that we do not have: check address and password";
    return arena_printf(arena, "answers %d%s%.*s; %s", r->status, code.size ? " " : "",
                        SPAN_ARG(code), mend);
}

static struct address_answer moved(struct arena *arena, const struct address_ask *a,
                                   const struct http_result *r)
{
    struct url u;
    const struct span to = url_resolve(arena, span_of(a->address), r->location);

    if (a->redirected || is_s3(a->address) || a->is_put)
        return failed("is redirected once too often; give the address that it leads to", true);
    if (url_parse(to, &u) || (!span_is(u.scheme, SPAN("https")) && !a->private_too))
        return failed("is redirected to what is no https:// address", true);
    return (struct address_answer){.fate = ADDRESS_MOVED, .location = arena_text(arena, to)};
}

struct address_answer address_judge(struct arena *arena, const struct address_ask *a,
                                    const struct http_result *r)
{
    if (r->outcome != HTTP_ANSWERED)
        return failed(r->too_large ? "is too large; up to 4 MiB are read"
                                   : arena_printf(arena, "cannot be reached: %s", r->why),
                      r->too_large);
    if (r->status / 100 == 2)
        return (struct address_answer){
            .fate = a->is_put ? ADDRESS_PUT : ADDRESS_GOT,
            .text = arena_copy(arena, r->body),
            .etag = arena_copy(arena, r->etag),
        };
    if (r->status == 304)
        return (struct address_answer){.fate = ADDRESS_SAME};
    /* 404 to If-Match: it was there when its tag was read. Otherwise it is the bucket that is not.
     */
    if (a->is_put && !a->is_part &&
        (r->status == 412 || r->status == 409 || (r->status == 404 && a->etag.size > 0)))
        return (struct address_answer){.fate = ADDRESS_OTHER, .why = "was changed by others"};
    if (r->status == 404 || r->status == 410)
        return (struct address_answer){
            .fate = ADDRESS_ABSENT, .why = "is not there; check the address", .answered = true};
    if (r->status / 100 == 3 && r->location.size > 0)
        return moved(arena, a, r);
    return failed(refusal(arena, a, r), r->status < 500 && r->status != 429);
}

static struct address_answer get_once(struct arena *arena, const struct address_ask *ask)
{
    struct http_call call;
    struct http_result result;
    const char *why;

    if (!address_call(arena, ask, &call, &why))
        return failed(why, true);
    http_client_once(arena, &call, &result);
    return address_judge(arena, ask, &result);
}

struct address_answer address_get_now(struct arena *arena, const struct address_ask *ask)
{
    struct address_ask next = *ask;
    struct address_answer answer = get_once(arena, ask);

    if (answer.fate != ADDRESS_MOVED)
        return answer;
    next.address = answer.location;
    next.redirected = true;
    answer = get_once(arena, &next);
    return answer;
}
