#include "keys/aws_role.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "codec/form.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "net/http_client.h"

enum { CONNECT_MS = 1000, TOTAL_MS = 5000, TOKEN_BYTES_MAX = 16 << 10, FORM_BYTES_MAX = 64 << 10 };

/* What one way to keys works with. */
struct asking {
    struct arena *arena;
    char *const *environment;
    const char *region;
    struct aws_role_keys *out;
    const char *why;
};

/* ---- the environment ---- */

static const char *const names[] = {
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
};

bool aws_role_reads(struct span name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_is_text(name, names[i]))
            return true;
    return false;
}

bool aws_role_is_secret(struct span name)
{
    return span_is_text(name, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
}

/* NULL: it is not set. */
static const char *variable(const struct asking *a, const char *name)
{
    const size_t size = strlen(name);

    for (char *const *v = a->environment; v && *v; v++)
        if (strncmp(*v, name, size) == 0 && (*v)[size] == '=' && (*v)[size + 1])
            return *v + size + 1;
    return NULL;
}

/* ---- asking ---- */

/* False: `why` tells. */
static bool ask(struct asking *a, const struct http_call *call, struct span *out)
{
    struct http_result r = {.outcome = HTTP_NOT_SENT};
    struct http_call timed = *call;

    timed.connect_ms = CONNECT_MS;
    timed.total_ms = TOTAL_MS;
    http_client_once(a->arena, &timed, &r);
    if (r.outcome == HTTP_ANSWERED && r.status == 200) {
        *out = r.body;
        return true;
    }
    a->why = r.outcome == HTTP_ANSWERED
                 ? arena_printf(a->arena, "it answers %d", r.status)
                 : arena_printf(a->arena, "it cannot be reached: %s", r.why ? r.why : "no reason");
    return false;
}

static bool take(struct asking *a, const char *key_id, const char *secret, const char *token,
                 struct span until)
{
    int64_t until_ms = 0;
    bool local;

    a->why = "it answers without keys";
    if (!key_id || !secret)
        return false;
    if (until.size && !timestamp_parse(until, &until_ms, &local))
        until_ms = 0;
    *a->out = (struct aws_role_keys){key_id, secret, token, until_ms};
    return true;
}

static const char *text_of(struct arena *arena, const struct json *root, const char *key)
{
    const struct span text = json_text(json_get(root, key));

    return text.size ? arena_text(arena, text) : NULL;
}

/* As the instance and the container's host tell them. */
static bool take_json(struct asking *a, struct span body)
{
    struct json *root = NULL;
    struct json_place place;

    a->why = "it answers what is no JSON";
    if (json_parse(body, &root, &place))
        return false;
    const bool is_good =
        take(a, text_of(a->arena, root, "AccessKeyId"), text_of(a->arena, root, "SecretAccessKey"),
             text_of(a->arena, root, "Token"), json_text(json_get(root, "Expiration")));
    json_close(&root);
    return is_good;
}

static bool read_token(struct asking *a, const char *path, struct span *out)
{
    FILE *f = fopen(path, "re");
    char *text = arena_alloc(a->arena, TOKEN_BYTES_MAX);

    if (!f) {
        a->why = arena_printf(a->arena, "%s cannot be read: %s", path, strerror(errno));
        return false;
    }
    const size_t size = fread(text, 1, TOKEN_BYTES_MAX, f);
    fclose(f);
    *out = span_trim((struct span){text, size});
    a->why = arena_printf(a->arena, "%s is empty or too long", path);
    return out->size > 0 && size < TOKEN_BYTES_MAX;
}

/* ---- by STS ---- */

static const char *sts_of(const struct asking *a)
{
    const char *given = variable(a, "AWS_ENDPOINT_URL_STS");

    if (given)
        return given;
    return a->region ? arena_printf(a->arena, "https://sts.%s.amazonaws.com", a->region)
                     : "https://sts.amazonaws.com";
}

/* The text between <name> and </name>; the answer is flat and Amazon's own. */
static struct span element(struct span body, const char *name)
{
    char open[64], close[64];

    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    const char *at = body.size ? memmem(body.data, body.size, open, strlen(open)) : NULL;
    if (!at)
        return (struct span){0};
    at += strlen(open);
    const size_t left = body.size - (size_t)(at - body.data);
    const char *end = memmem(at, left, close, strlen(close));
    return end ? (struct span){at, (size_t)(end - at)} : (struct span){0};
}

static bool by_web_identity(struct asking *a)
{
    static const char *const headers[] = {
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8", NULL};
    const char *name = variable(a, "AWS_ROLE_SESSION_NAME");
    struct buf form = buf_in(a->arena, FORM_BYTES_MAX);
    struct span token, body;

    if (!read_token(a, variable(a, "AWS_WEB_IDENTITY_TOKEN_FILE"), &token))
        return false;
    form_add(&form, "Action", SPAN("AssumeRoleWithWebIdentity"));
    form_add(&form, "Version", SPAN("2011-06-15"));
    form_add(&form, "RoleArn", span_of(variable(a, "AWS_ROLE_ARN")));
    form_add(&form, "RoleSessionName", span_of(name ? name : "nextring"));
    form_add(&form, "WebIdentityToken", token);
    const struct http_call call = {.method = "POST",
                                   .url = arena_printf(a->arena, "%s/", sts_of(a)),
                                   .headers = headers,
                                   .body = buf_span(&form)};
    if (!ask(a, &call, &body))
        return false;
    const struct span id = element(body, "AccessKeyId"), secret = element(body, "SecretAccessKey");
    return take(a, id.size ? arena_text(a->arena, id) : NULL,
                secret.size ? arena_text(a->arena, secret) : NULL,
                arena_text(a->arena, element(body, "SessionToken")), element(body, "Expiration"));
}

/* ---- of the container's host ---- */

/* A name that only begins like an address may be anybody's. */
static bool is_near(struct span host)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (span_is_text(host, "localhost") || span_is_text(host, "[::1]") ||
        span_is_text(host, "[fd00:ec2::23]"))
        return true;
    snprintf(text, sizeof text, "%.*s", SPAN_ARG(host));
    if (host.size >= sizeof text || inet_pton(AF_INET, text, &address) != 1)
        return false;
    return span_starts(host, SPAN("127.")) || strcmp(text, "169.254.170.2") == 0 ||
           strcmp(text, "169.254.170.23") == 0;
}

static bool may_ask(struct asking *a, const char *url)
{
    struct url u;

    a->why = "AWS_CONTAINER_CREDENTIALS_FULL_URI is no https address and none of this machine's";
    return !url_parse(span_of(url), &u) && (span_is(u.scheme, SPAN("https")) ||
                                            (span_is(u.scheme, SPAN("http")) && is_near(u.host)));
}

static bool by_container(struct asking *a)
{
    const char *relative = variable(a, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *url = relative ? arena_printf(a->arena, "http://169.254.170.2%s", relative)
                               : variable(a, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const char *file = variable(a, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *headers[2] = {NULL, NULL};
    struct span token = span_of(variable(a, "AWS_CONTAINER_AUTHORIZATION_TOKEN")), body;

    if (!may_ask(a, url) || (file && !read_token(a, file, &token)))
        return false;
    a->why = "the authorization token has more than one line";
    if (token.size &&
        (memchr(token.data, '\n', token.size) || memchr(token.data, '\r', token.size)))
        return false;
    if (token.size)
        headers[0] = arena_printf(a->arena, "Authorization: %.*s", SPAN_ARG(token));
    return ask(a, &(struct http_call){.method = "GET", .url = url, .headers = headers}, &body) &&
           take_json(a, body);
}

/* ---- of the instance ---- */

static bool by_instance(struct asking *a)
{
    static const char *const lifetime[] = {"X-aws-ec2-metadata-token-ttl-seconds: 300", NULL};
    static const char path[] = "/latest/meta-data/iam/security-credentials/";
    const char *given = variable(a, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *base = given ? given : "http://169.254.169.254";
    const char *headers[2] = {NULL, NULL};
    struct span token, role, body, rest;
    struct http_call call = {.method = "PUT",
                             .url = arena_printf(a->arena, "%s/latest/api/token", base),
                             .headers = lifetime};

    if (!ask(a, &call, &token))
        return false;
    headers[0] =
        arena_printf(a->arena, "X-aws-ec2-metadata-token: %.*s", SPAN_ARG(span_trim(token)));
    call = (struct http_call){
        .method = "GET", .url = arena_printf(a->arena, "%s%s", base, path), .headers = headers};
    if (!ask(a, &call, &role))
        return false;
    role = span_trim(span_cut(role, '\n', &rest));
    call.url = arena_printf(a->arena, "%s%s%.*s", base, path, SPAN_ARG(role));
    return ask(a, &call, &body) && take_json(a, body);
}

/* ---- which ---- */

enum err aws_role_get(struct arena *arena, char *const *environment, const char *region,
                      struct aws_role_keys *out, const char **out_why)
{
    struct asking a = {.arena = arena, .environment = environment, .region = region, .out = out};
    const char *off = variable(&a, "AWS_EC2_METADATA_DISABLED"), *what;
    bool is_good;

    if (variable(&a, "AWS_ROLE_ARN") && variable(&a, "AWS_WEB_IDENTITY_TOKEN_FILE")) {
        what = "the role of AWS_ROLE_ARN";
        is_good = by_web_identity(&a);
    } else if (variable(&a, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
               variable(&a, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        what = "the container's role";
        is_good = by_container(&a);
    } else if (off && strcasecmp(off, "true") == 0) {
        *out_why = "there is no role: AWS_EC2_METADATA_DISABLED is true";
        return ERR_NOT_FOUND;
    } else {
        what = "the instance's role";
        is_good = by_instance(&a);
    }
    if (is_good)
        return ERR_NONE;
    *out_why = arena_printf(arena, "%s gives no keys: %s", what, a.why);
    return ERR_DENIED;
}
