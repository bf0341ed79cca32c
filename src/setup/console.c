#include "setup/console.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "codec/url.h"

enum {
    URL_BYTES_MAX = 2048,
    TOTAL_MS = 20000,
    ANSWER_BYTES_MAX = 8 << 20, /* a page of 1000 numbers has about 2 MB */
    WORDS_BYTES_MAX = 300,
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *console_url(const struct console *console, const char *path, ...)
{
    char tail[URL_BYTES_MAX];
    va_list args;

    va_start(args, path);
    vsnprintf(tail, sizeof tail, path, args);
    va_end(args);
    return arena_printf(console->arena, "%.*s/2010-04-01/Accounts/%.*s%s", SPAN_ARG(console->api),
                        SPAN_ARG(console->account), tail);
}

struct span console_host(struct arena *arena, struct span api, const char *name)
{
    static const struct span ours = {"api.", 4}, end = {".twilio.com", 11};
    struct url u;

    if (url_parse(api, &u) || !span_starts(u.host, ours) ||
        u.host.size < ours.size + end.size - 1 ||
        !span_is_nocase(span_skip(u.host, u.host.size - end.size), end))
        return api;
    return span_of(arena_printf(arena, "%.*s://%s.%.*s", SPAN_ARG(u.scheme), name,
                                SPAN_ARG(span_skip(u.host, ours.size))));
}

/* The value of the header line `name`; empty without. */
static struct span header(struct span head, struct span name)
{
    while (head.size > 0) {
        struct span value;
        const struct span line = span_cut(head, '\n', &head);
        if (span_is_nocase(span_cut(line, ':', &value), name))
            return span_trim(value);
    }
    return (struct span){0};
}

static void read_refusal(struct arena *arena, struct console_answer *out)
{
    struct json *root = NULL;
    struct json_place place;
    int64_t code = 0;

    if (json_parse(out->body, &root, &place))
        return;
    if (json_number(json_get(root, "code"), 0, INT32_MAX, &code))
        out->code = (int32_t)code;
    out->message = arena_copy(arena, json_text(json_get(root, "message")));
    json_close(&root);
}

static void ask(const struct console *console, const char *method, const char *url,
                struct span form, struct console_answer *out)
{
    static const char *const form_headers[] = {"Content-Type: application/x-www-form-urlencoded",
                                               "Accept: application/json", NULL};
    struct http_result result = {.outcome = HTTP_NOT_SENT};
    const struct http_call call = {
        .method = method,
        .url = url,
        .user = console->user,
        .password = console->password,
        .headers = form.data ? form_headers : form_headers + 1,
        .body = form,
        .total_ms = TOTAL_MS,
        .max_bytes = ANSWER_BYTES_MAX,
        .keep_head = true,
    };

    *out = (struct console_answer){.asked_ms = now_ms()};
    http_client_once(console->arena, &call, &result);
    out->answered_ms = now_ms();
    out->outcome = result.outcome;
    out->status = result.status;
    out->body = result.body;
    out->why = result.why;
    if (!timestamp_parse_rfc2822(header(result.head, SPAN("Date")), &out->carrier_ms))
        out->carrier_ms = 0;
    if (result.outcome == HTTP_ANSWERED && result.status >= 300)
        read_refusal(console->arena, out);
}

void console_get(const struct console *console, const char *url, struct console_answer *out)
{
    ask(console, "GET", url, (struct span){0}, out);
}

void console_post(const struct console *console, const char *url, struct span form,
                  struct console_answer *out)
{
    ask(console, "POST", url, form, out);
}

bool console_is_good(const struct console_answer *answer)
{
    return answer->outcome == HTTP_ANSWERED && answer->status >= 200 && answer->status < 300;
}

bool console_is_denied(const struct console_answer *answer)
{
    return answer->outcome == HTTP_ANSWERED && (answer->status == 401 || answer->status == 403);
}

const char *console_words(struct arena *arena, const struct console_answer *answer)
{
    struct buf out = buf_in(arena, WORDS_BYTES_MAX);

    if (answer->outcome == HTTP_NOT_SENT)
        return arena_printf(arena, "cannot be reached: %s",
                            answer->why ? answer->why : "no reason");
    if (answer->outcome != HTTP_ANSWERED)
        return arena_printf(arena, "gave no whole answer: %s",
                            answer->why ? answer->why : "no reason");
    if (answer->status == 0)
        return "was not asked, for want of credentials";
    buf_printf(&out, "answered %d", answer->status);
    if (answer->code)
        buf_printf(&out, ", code %d", (int)answer->code);
    if (answer->message.size)
        buf_printf(&out, " (%.*s)", SPAN_ARG(answer->message));
    return buf_span(&out).data;
}

/* ---- lists ---- */

/* The next page's address, or NULL: absolute as given, or below the base; on our host alone. */
static const char *next_of(const struct console *console, struct span base, const struct json *root)
{
    const struct span uri = json_text(json_get(root, "next_page_uri"));
    const struct span url = json_text(json_get(json_get(root, "meta"), "next_page_url"));

    if (uri.size && uri.data[0] == '/')
        return arena_printf(console->arena, "%.*s%.*s", SPAN_ARG(base), SPAN_ARG(uri));
    if (span_starts(url, base) && url.size > base.size && url.data[base.size] == '/')
        return arena_text(console->arena, url);
    return NULL;
}

/* Scheme, host and port of an address. */
static struct span base_of(struct arena *arena, const char *url)
{
    struct url u;

    if (url_parse(span_of(url), &u))
        return (struct span){0};
    return span_of(arena_printf(arena, "%.*s://%.*s%s%.*s", SPAN_ARG(u.scheme), SPAN_ARG(u.host),
                                u.port.size ? ":" : "", SPAN_ARG(u.port)));
}

/* False: there is no such list, or no more is wanted (*more). */
static bool walk_page(const struct json *root, const char *key, console_item_fn *each, void *ctx,
                      bool *more)
{
    const struct json *items = json_get(root, key);

    for (size_t i = 0; i < json_count(items) && *more; i++)
        *more = each(ctx, json_at(items, i));
    return json_type(items) == JSON_LIST;
}

bool console_list(const struct console *console, const char *url, const char *key,
                  console_item_fn *each, void *ctx, struct console_answer *out)
{
    const struct span base = base_of(console->arena, url);
    bool good = true, more = true;

    for (int page = 0; url && good && more && page < CONSOLE_PAGES_MAX; page++) {
        struct json *root = NULL;
        struct json_place place;
        console_get(console, url, out);
        if (!console_is_good(out) || json_parse(out->body, &root, &place))
            return false;
        good = walk_page(root, key, each, ctx, &more);
        url = next_of(console, base, root);
        json_close(&root);
    }
    if (good && more && url) {
        out->outcome = HTTP_UNSURE;
        out->why = "its list does not end";
    }
    return good && (!more || !url);
}
