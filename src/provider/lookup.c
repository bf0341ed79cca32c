#include "provider/lookup.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/url.h"

enum { URL_BYTES_MAX = 1024, HOST_BYTES_MAX = 256 };

/* ---- names ---- */

/* What cannot be seen, or turns what stands beside it. */
static bool is_hidden(uint32_t code)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xf8ff},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xffff}, {0xe0000, 0x10ffff},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return code < ' ';
}

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xa0 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x3000;
}

static bool is_no_name(struct span name)
{
    static const char *const words[] = {
        "unknown",        "unknown name",    "unknown caller", "unavailable",
        "anonymous",      "restricted",      "private",        "private name",
        "private caller", "private number",  "blocked",        "name not found",
        "not available",  "wireless caller", "cell phone",     "toll free call"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is_nocase(name, span_of(words[i])))
            return true;
    return false;
}

struct span lookup_name(struct arena *arena, struct span text)
{
    struct buf out = buf_in(arena, LIMIT_NAME_SIZE - 1);
    uint32_t code = 0;
    size_t size;
    bool gap = false;

    for (size_t n = 0; n < LOOKUP_NAME_CHARACTERS && (size = utf8_next(text, &code)) > 0;) {
        const struct span one = {text.data, size};
        text = span_skip(text, size);
        if (is_blank(code)) {
            gap = out.size > 0;
            continue;
        }
        if (is_hidden(code)) /* U+FFFD, for what is no UTF-8, among them */
            continue;
        if (out.size + gap + size > LIMIT_NAME_SIZE - 1)
            break;
        if (gap)
            buf_add_char(&out, ' ');
        buf_add(&out, one);
        n += 1 + (size_t)gap;
        gap = false;
    }
    const struct span name = buf_span(&out);
    return is_no_name(name) ? (struct span){NULL, 0} : name;
}

/* ---- asking ---- */

struct span lookup_base(struct arena *arena, struct span api)
{
    static const struct span ours = {"api.", 4}, end = {".twilio.com", 11};
    struct url u;

    if (url_parse(api, &u) || !span_starts(u.host, ours) ||
        u.host.size < ours.size + end.size - 1 ||
        !span_is_nocase(span_skip(u.host, u.host.size - end.size), end))
        return api;
    return span_of(arena_printf(arena, "%.*s://lookups.%.*s", SPAN_ARG(u.scheme),
                                SPAN_ARG(span_skip(u.host, ours.size))));
}

struct span lookup_url(struct arena *arena, const struct lookup_ask *ask)
{
    struct buf out = buf_in(arena, URL_BYTES_MAX);

    buf_add(&out, ask->base);
    buf_add_text(&out, "/v2/PhoneNumbers/");
    url_escape(&out, ask->number);
    buf_printf(&out, "?Fields=%s%s%s", ask->name ? "caller_name" : "",
               ask->name && ask->line_type ? "," : "",
               ask->line_type ? "line_type_intelligence" : "");
    return buf_span(&out);
}

/* ---- the answer ---- */

static bool is_marked(const struct json *package)
{
    const enum json_type type = json_type(json_get(package, "error_code"));

    return type != JSON_ABSENT && type != JSON_NULL;
}

static void take_name(struct arena *arena, const struct json *package, struct lookup_answer *out)
{
    if (json_type(package) != JSON_OBJECT || is_marked(package))
        return;
    out->has_name = true;
    out->name = lookup_name(arena, json_text(json_get(package, "caller_name")));
}

/* clang-format off */
static const struct {
    const char *word;
    enum line_type type;
} line_types[] = {
    {"mobile",       LINE_TYPE_MOBILE},
    {"landline",     LINE_TYPE_LANDLINE},
    {"fixedVoip",    LINE_TYPE_VOIP},
    {"nonFixedVoip", LINE_TYPE_VOIP},
    {"unknown",      LINE_TYPE_UNKNOWN},
};
/* clang-format on */

static void take_line_type(const struct json *package, struct lookup_answer *out)
{
    const struct span word = json_text(json_get(package, "type"));

    if (json_type(package) != JSON_OBJECT || is_marked(package))
        return;
    out->has_line_type = true;
    out->line_type = word.size ? LINE_TYPE_OTHER : LINE_TYPE_UNKNOWN;
    for (size_t i = 0; i < sizeof line_types / sizeof line_types[0]; i++)
        if (span_is_text(word, line_types[i].word))
            out->line_type = line_types[i].type;
}

enum err lookup_parse(struct arena *arena, struct span body, struct lookup_answer *out)
{
    struct lookup_answer answer = {0};
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(body, &root, &place))
        return ERR_BAD_INPUT;
    const bool is_one = json_type(json_get(root, "phone_number")) == JSON_TEXT;
    if (is_one) {
        take_name(arena, json_get(root, "caller_name"), &answer);
        take_line_type(json_get(root, "line_type_intelligence"), &answer);
        *out = answer;
    }
    json_close(&root);
    return is_one ? ERR_NONE : ERR_BAD_INPUT;
}
