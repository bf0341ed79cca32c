#include "openapi/openapi.h"

#include <ctype.h>
#include <string.h>

#include "codec/json.h"
#include "openapi/openapi_nouns.h"
#include "openapi/openapi_paths.h"
#include "openapi/openapi_taken.h"

enum { DOCUMENT_BYTES_MAX = 1 << 20, NAME_BYTES_MAX = 200, SUCCESS_CLASS = 2 };

static void text(struct json_out *json, const char *key, const char *value)
{
    json_out_text(json, key, span_of(value));
}

/* ---- types ---- */

/* clang-format off */
static const struct basic {
    const char *word, *type, *key, *value; /* a second member, or NULL */
} basics[] = {
    {"text",   "string",  NULL,      NULL},
    {"id",     "string",  "pattern", "^[0-9a-hjkmnp-tv-z]{13}$"},
    {"at",     "string",  "format",  "date-time"},
    {"day",    "string",  "format",  "date"},
    {"number", "integer", NULL,      NULL},
    {"share",  "number",  NULL,      NULL},
    {"bool",   "boolean", NULL,      NULL},
};
/* clang-format on */

static const struct basic *basic_of(struct span type)
{
    for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++)
        if (span_is_text(type, basics[i].word))
            return &basics[i];
    return NULL;
}

static void schema(struct json_out *json, const char *key, struct span type, const char *help);

static void words(struct json_out *json, struct span type, bool may_be_null)
{
    json_out_list(json, "enum");
    while (type.size > 0) {
        struct span rest;
        json_out_text(json, NULL, span_cut(type, '|', &rest));
        type = rest;
    }
    if (may_be_null)
        json_out_null(json, NULL);
    json_out_end_list(json);
}

static void type_names(struct json_out *json, const char *name, bool may_be_null)
{
    if (!may_be_null) {
        text(json, "type", name);
        return;
    }
    json_out_list(json, "type");
    text(json, NULL, name);
    text(json, NULL, "null");
    json_out_end_list(json);
}

static void reference(struct json_out *json, const char *key, struct span name)
{
    char path[NAME_BYTES_MAX] = "#/components/schemas/";
    const size_t start = strlen(path);

    json_out_object(json, key);
    memcpy(path + start, name.data, name.size); /* a noun's name is short */
    path[start + name.size] = 0;
    text(json, "$ref", path);
    json_out_end_object(json);
}

/* The members of a schema of one of some nouns. */
static void nouns(struct json_out *json, struct span types, bool may_be_null)
{
    json_out_list(json, "anyOf");
    while (types.size > 0) {
        struct span rest;
        reference(json, NULL, span_cut(types, '/', &rest));
        types = rest;
    }
    if (may_be_null) {
        json_out_object(json, NULL);
        text(json, "type", "null");
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void members(struct json_out *json, struct span type, bool may_be_null)
{
    const struct basic *basic = basic_of(type);
    const struct span inner = {type.data + 1, type.size > 1 ? type.size - 2 : 0};

    if (basic) {
        type_names(json, basic->type, may_be_null);
        if (basic->key)
            text(json, basic->key, basic->value);
    } else if (type.data[0] == '[') {
        type_names(json, "array", may_be_null);
        schema(json, "items", inner, NULL);
    } else if (type.data[0] == '{') {
        type_names(json, "object", may_be_null);
        schema(json, "additionalProperties", inner, NULL);
    } else if (span_is_text(type, "any")) {
        return;
    } else if (islower((unsigned char)type.data[0])) {
        words(json, type, may_be_null);
    } else {
        nouns(json, type, may_be_null);
    }
}

static void schema(struct json_out *json, const char *key, struct span type, const char *help)
{
    const bool may_be_null = type.size > 0 && type.data[type.size - 1] == '?';

    type.size -= may_be_null;
    json_out_object(json, key);
    members(json, type, may_be_null);
    if (help)
        text(json, "description", help);
    json_out_end_object(json);
}

static bool may_be_absent(const char *name)
{
    return name[strlen(name) - 1] == '?';
}

static const struct openapi_nouns *noun_of(const char *name)
{
    for (size_t i = 0; name && i < openapi_nouns_given_count; i++)
        if (strcmp(openapi_nouns_given[i].name, name) == 0)
            return &openapi_nouns_given[i];
    return NULL;
}

static void properties(struct json_out *json, const struct openapi_nouns *n)
{
    char name[NAME_BYTES_MAX];

    for (const struct openapi_nouns_field *f = n->fields; f->name; f++) {
        strcpy(name, f->name);
        if (may_be_absent(name))
            name[strlen(name) - 1] = 0;
        schema(json, name, span_of(f->type), f->help);
    }
}

static void required(struct json_out *json, const struct openapi_nouns *n)
{
    for (const struct openapi_nouns_field *f = n->fields; f->name; f++)
        if (!may_be_absent(f->name))
            text(json, NULL, f->name);
}

static void object(struct json_out *json, const struct openapi_nouns *n)
{
    json_out_object(json, n->name);
    text(json, "type", "object");
    text(json, "description", n->help);
    json_out_object(json, "properties");
    for (const struct openapi_nouns *part = n; part; part = noun_of(part->also))
        properties(json, part);
    json_out_end_object(json);
    json_out_list(json, "required");
    for (const struct openapi_nouns *part = n; part; part = noun_of(part->also))
        required(json, part);
    json_out_end_list(json);
    json_out_bool(json, "additionalProperties", false);
    json_out_end_object(json);
}

/* ---- paths ---- */

static const char *method_name(enum route_method method)
{
    switch (method) {
    case ROUTE_GET:
        return "get";
    case ROUTE_POST:
        return "post";
    case ROUTE_PUT:
        return "put";
    case ROUTE_PATCH:
        return "patch";
    case ROUTE_DELETE:
        return "delete";
    }
    return "";
}

/* "get_api_v1_threads_id". */
static void operation_id(struct json_out *json, const struct web_route *r)
{
    char name[NAME_BYTES_MAX];
    size_t size = strlen(method_name(r->method));

    memcpy(name, method_name(r->method), size);
    for (const char *p = r->path; *p && size + 1 < sizeof name; p++)
        if (isalnum((unsigned char)*p))
            name[size++] = *p;
        else if (name[size - 1] != '_')
            name[size++] = '_';
    size -= name[size - 1] == '_';
    json_out_text(json, "operationId", (struct span){name, size});
}

static void parameter(struct json_out *json, const char *in, struct span name, const char *type,
                      const char *help)
{
    json_out_object(json, NULL);
    text(json, "in", in);
    json_out_text(json, "name", name);
    if (strcmp(in, "path") == 0)
        json_out_bool(json, "required", true);
    if (help)
        text(json, "description", help);
    schema(json, "schema", span_of(type), NULL);
    json_out_end_object(json);
}

static void path_parameters(struct json_out *json, const char *path)
{
    struct span rest;

    (void)span_cut(span_of(path), '{', &rest);
    while (rest.size > 0) {
        parameter(json, "path", span_cut(rest, '}', &rest), "text", NULL);
        (void)span_cut(rest, '{', &rest);
    }
}

static void query_parameters(struct json_out *json, const struct openapi_paths *p)
{
    struct span rest = span_of(p->query);

    while (rest.size > 0) {
        const struct openapi_paths_query *q = openapi_paths_query_find(span_cut(rest, ' ', &rest));
        if (q)
            parameter(json, "query", span_of(q->name), q->type, q->help);
    }
}

static void parameters(struct json_out *json, const struct web_route *r,
                       const struct openapi_paths *p)
{
    json_out_list(json, "parameters");
    path_parameters(json, r->path);
    if (p)
        query_parameters(json, p);
    if ((r->who == ROUTE_API || r->who == ROUTE_BOTH) && !r->no_tenant)
        parameter(json, "query", SPAN("tenant"), "text",
                  "whose; needed where the token is not bound to one, and there are several");
    if (p && p->header == OPENAPI_EDIT)
        parameter(json, "header", SPAN("If-Match"), "text", "the ETag of what was seen");
    if (p && p->header == OPENAPI_ONCE)
        parameter(json, "header", SPAN("Idempotency-Key"), "text",
                  "the same request with the same key acts once");
    json_out_end_list(json);
}

static void content(struct json_out *json, const char *media, struct span type)
{
    json_out_object(json, "content");
    json_out_object(json, media);
    schema(json, "schema", type, NULL);
    json_out_end_object(json);
    json_out_end_object(json);
}

/* {items, next} of a type. */
static void page_content(struct json_out *json, struct span type)
{
    json_out_object(json, "content");
    json_out_object(json, "application/json");
    json_out_object(json, "schema");
    text(json, "type", "object");
    json_out_object(json, "properties");
    json_out_object(json, "items");
    text(json, "type", "array");
    schema(json, "items", type, NULL);
    json_out_end_object(json);
    schema(json, "next", SPAN("text?"), "?after= of the next page");
    json_out_end_object(json);
    json_out_list(json, "required");
    text(json, NULL, "items");
    text(json, NULL, "next");
    json_out_end_list(json);
    json_out_bool(json, "additionalProperties", false);
    json_out_end_object(json);
    json_out_end_object(json);
    json_out_end_object(json);
}

static void answer_content(struct json_out *json, const char *answer)
{
    static const char page[] = "page ";

    if (!answer)
        return;
    if (answer[0] == '@')
        content(json, answer + 1, SPAN("text"));
    else if (strncmp(answer, page, sizeof page - 1) == 0)
        page_content(json, span_of(answer + sizeof page - 1));
    else
        content(json, "application/json", span_of(answer));
}

static void responses(struct json_out *json, const struct openapi_paths *p)
{
    char status[4] = "200";

    if (p && p->status / 100 == SUCCESS_CLASS) {
        status[1] = (char)('0' + p->status / 10 % 10);
        status[2] = (char)('0' + p->status % 10);
    }
    json_out_object(json, "responses");
    json_out_object(json, status);
    text(json, "description", "done");
    if (p)
        answer_content(json, p->answer);
    json_out_end_object(json);
    if (p) {
        json_out_object(json, "default");
        text(json, "description", "not done");
        content(json, "application/json", SPAN("Error"));
        json_out_end_object(json);
    }
    json_out_end_object(json);
}

static void request_body(struct json_out *json, const struct openapi_paths *p)
{
    if (!p || !p->body)
        return;
    json_out_object(json, "requestBody");
    content(json, "application/json", span_of(p->body));
    json_out_end_object(json);
}

/* One of these suffices; a list without any: nothing is needed. */
static void security(struct json_out *json, const struct web_route *r)
{
    const bool is_carrier = r->who == ROUTE_CARRIER || r->who == ROUTE_BOTH;
    const bool is_api = r->who == ROUTE_API || r->who == ROUTE_BOTH;
    const char *const schemes[] = {is_carrier ? "signature" : NULL, is_api ? "token" : NULL,
                                   is_api || r->who == ROUTE_SESSION ? "session" : NULL};

    json_out_list(json, "security");
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (!schemes[i])
            continue;
        json_out_object(json, NULL);
        json_out_list(json, schemes[i]);
        json_out_end_list(json);
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void operation(struct json_out *json, const struct web_route *r)
{
    const struct openapi_paths *p = openapi_paths_find(r->method, r->path);

    json_out_object(json, method_name(r->method));
    operation_id(json, r);
    text(json, "summary", r->help);
    if (r->role != ROLE_NONE)
        text(json, "x-role", role_name(r->role));
    security(json, r);
    parameters(json, r, p);
    request_body(json, p);
    responses(json, p);
    json_out_end_object(json);
}

/* Pages are for people. */
static bool is_told(const struct web_route *r)
{
    return r->who == ROUTE_CARRIER || openapi_paths_find(r->method, r->path);
}

static bool is_first(const struct web_route *routes, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_told(&routes[i]) && strcmp(routes[i].path, routes[at].path) == 0)
            return false;
    return is_told(&routes[at]);
}

static void paths(struct json_out *json, const struct web_route *routes, size_t count)
{
    json_out_object(json, "paths");
    for (size_t i = 0; i < count; i++) {
        if (!is_first(routes, i))
            continue;
        json_out_object(json, routes[i].path);
        for (size_t k = i; k < count; k++)
            if (is_told(&routes[k]) && strcmp(routes[k].path, routes[i].path) == 0)
                operation(json, &routes[k]);
        json_out_end_object(json);
    }
    json_out_end_object(json);
}

/* ---- the rest ---- */

static void key_scheme(struct json_out *json, const char *name, const char *in, const char *field,
                       const char *help)
{
    json_out_object(json, name);
    text(json, "type", "apiKey");
    text(json, "in", in);
    text(json, "name", field);
    text(json, "description", help);
    json_out_end_object(json);
}

static void components(struct json_out *json)
{
    json_out_object(json, "components");
    json_out_object(json, "schemas");
    for (size_t i = 0; i < openapi_nouns_given_count; i++)
        object(json, &openapi_nouns_given[i]);
    for (size_t i = 0; i < openapi_taken_count; i++)
        object(json, &openapi_taken[i]);
    json_out_end_object(json);
    json_out_object(json, "securitySchemes");
    json_out_object(json, "token");
    text(json, "type", "http");
    text(json, "scheme", "bearer");
    text(json, "description", "'nextring token add' makes one");
    json_out_end_object(json);
    key_scheme(json, "session", "cookie", "__Host-nextring",
               "of whoever has signed in; what is no GET needs X-CSRF-Token too");
    key_scheme(json, "signature", "header", "X-Twilio-Signature", "the carrier's own");
    json_out_end_object(json);
    json_out_end_object(json);
}

/* The document; `version` is the program's. */
static void render(const struct web_route *routes, size_t count, const char *version,
                   struct buf *out)
{
    struct json_out json = json_out(out);

    json_out_object(&json, NULL);
    text(&json, "openapi", "3.1.0");
    json_out_object(&json, "info");
    text(&json, "title", "nextring");
    text(&json, "version", version);
    text(&json, "summary", "whatever reaches the number reaches a human");
    json_out_end_object(&json);
    paths(&json, routes, count);
    components(&json);
    json_out_end_object(&json);
}

void openapi(struct visit *v)
{
    const struct site *site = v->site;
    struct buf body = buf_in(v->arena, DOCUMENT_BYTES_MAX);

    render(site->routes, site->route_count, site->version, &body);
    visit_answer_json(v, 200, &body);
}
