#include "keys/secrets_manager.h"

#include "base/buf.h"
#include "codec/base64.h"
#include "codec/json.h"

enum {
    CONNECT_MS = 5000,
    TOTAL_MS = 10000,
    BODY_BYTES = 4096,
    ANSWER_BYTES = 256 * 1024, /* a secret has up to 64 KiB, and more as base64 or with escapes */
    HEADERS_MAX = 4,
    NAME_BYTES_MAX = 2048,
};

/* The n-th part of an ARN, "arn:PARTITION:SERVICE:REGION:..."; empty of what is none. */
static struct span arn_part(struct span id, int n)
{
    struct span part = {0};

    if (!span_starts(id, SPAN("arn:")))
        return part;
    for (int i = 0; i <= n; i++)
        part = span_cut(id, ':', &id);
    return part;
}

static const char *address(struct arena *arena, struct span id, struct span region,
                           const struct secrets_manager_login *login)
{
    if (login->endpoint)
        return arena_printf(arena, "%s/", login->endpoint);
    return arena_printf(arena, "https://secretsmanager.%.*s.amazonaws.com%s/", SPAN_ARG(region),
                        span_is(arn_part(id, 1), SPAN("aws-cn")) ? ".cn" : "");
}

static const char *what_is_missing(struct span id, struct span region,
                                   const struct secrets_manager_login *login)
{
    if (id.size == 0 || id.size > NAME_BYTES_MAX)
        return "names no secret; write aws:NAME, or its ARN";
    if (span_starts(id, SPAN("arn:")) && !span_is(arn_part(id, 2), SPAN("secretsmanager")))
        return "is the ARN of something else; copy that of the secret";
    if (region.size == 0)
        return "has no region; set AWS_REGION, or give the secret's ARN";
    if (!login->key_id || !login->secret)
        return "needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment";
    return NULL;
}

static struct span body_of(struct arena *arena, struct span id)
{
    struct buf body = buf_in(arena, BODY_BYTES);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "SecretId", id);
    json_out_end_object(&json);
    return buf_span(&body);
}

bool secrets_manager_call(struct arena *arena, const char *place,
                          const struct secrets_manager_login *login, struct http_call *out,
                          const char **out_why)
{
    const char **headers = ARENA_NEW_N(arena, const char *, HEADERS_MAX);
    struct span id = span_of(place);

    if (span_starts(id, SPAN("aws:")))
        id = span_trim(span_skip(id, 4));
    const struct span told = arn_part(id, 3);
    const struct span region = told.size ? told : span_of(login->region);
    *out_why = what_is_missing(id, region, login);
    if (*out_why)
        return false;
    headers[0] = "Content-Type: application/x-amz-json-1.1";
    headers[1] = "X-Amz-Target: secretsmanager.GetSecretValue";
    if (login->session_token)
        headers[2] = arena_printf(arena, "X-Amz-Security-Token: %s", login->session_token);
    *out = (struct http_call){
        .method = "POST",
        .url = address(arena, id, region, login),
        .user = login->key_id,
        .password = login->secret,
        .sign_as = arena_printf(arena, "aws:amz:%.*s:secretsmanager", SPAN_ARG(region)),
        .headers = headers,
        .body = body_of(arena, id),
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .max_bytes = ANSWER_BYTES,
    };
    return true;
}

/* "com.amazonaws.secretsmanager#ResourceNotFoundException" without what stands before the '#'. */
static struct span code_of(struct arena *arena, struct span body)
{
    struct json *root = NULL;
    struct json_place place;
    struct span rest;

    if (json_parse(body, &root, &place))
        return (struct span){0};
    const struct span type = json_text(json_get(root, "__type"));
    const struct span before = span_cut(type, '#', &rest);
    const struct span code = arena_copy(arena, rest.size ? rest : before);
    json_close(&root);
    return code.size <= 64 ? code : (struct span){0};
}

static const char *refusal(struct arena *arena, const struct http_result *r)
{
    const struct span code = code_of(arena, r->body);
    const char *mend = "ask again later";

    if (span_is(code, SPAN("ResourceNotFoundException")))
        mend = "no secret has that name in this region: check both";
    else if (span_is(code, SPAN("AccessDeniedException")))
        mend = "allow these keys secretsmanager:GetSecretValue, and kms:Decrypt of its key";
    else if (span_is(code, SPAN("ExpiredTokenException")))
        mend = "the session token has expired: give new AWS_* and start again";
    else if (span_is(code, SPAN("UnrecognizedClientException")) ||
             span_is(code, SPAN("InvalidSignatureException")))
        mend = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and this machine's clock";
    else if (span_is(code, SPAN("DecryptionFailure")))
        mend = "the KMS key of the secret is disabled, or denied to these keys";
    else if (r->status / 100 == 4)
        mend = "check the secret's name and the AWS_* keys";
    return arena_printf(arena, "answers %d%s%.*s; %s", r->status, code.size ? " " : "",
                        SPAN_ARG(code), mend);
}

/* SecretString, or SecretBinary, which is base64. */
static bool take_text(struct arena *arena, const struct json *root, struct span *out)
{
    const struct span text = json_text(json_get(root, "SecretString"));
    const struct span binary = json_text(json_get(root, "SecretBinary"));

    if (text.size) {
        *out = arena_copy(arena, text);
        return true;
    }
    char *plain = arena_alloc(arena, binary.size + 1);
    size_t bytes = 0;
    if (!base64_parse_any(binary, plain, binary.size, &bytes) || !bytes)
        return false;
    *out = (struct span){plain, bytes};
    return true;
}

bool secrets_manager_judge(struct arena *arena, const struct http_result *r, struct span *out,
                           const char **out_why)
{
    struct json *root = NULL;
    struct json_place place;

    *out_why = "answers without a secret's text; store it as plain text or as JSON";
    if (r->outcome != HTTP_ANSWERED) {
        *out_why = arena_printf(arena, "cannot be reached: %s", r->why);
        return false;
    }
    if (r->status != 200) {
        *out_why = refusal(arena, r);
        return false;
    }
    if (json_parse(r->body, &root, &place))
        return false;
    const bool is_good = take_text(arena, root, out);
    json_close(&root);
    return is_good;
}
