#include "provider/carrier_log.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "provider/webhook.h"

enum {
    ADDRESS_BYTES_MAX = 4096,
    ROWS_MAX = 1000, /* the carrier's longest page */
    MEDIA_MAX = 10,  /* the carrier's limit for one message */
    SECOND_BYTES = 19,
    ESCAPE_BYTES = 6, /* \uXXXX */
};

/* ---- addresses ---- */

static void add_path(struct buf *out, const struct carrier_log_query *q)
{
    buf_add_text(out, "/2010-04-01/Accounts/");
    url_escape(out, q->account);
    buf_add_char(out, '/');
}

static void add_text(struct buf *out, const char *name, struct span value)
{
    if (value.size == 0)
        return;
    buf_add_char(out, '&');
    buf_add_text(out, name);
    buf_add_char(out, '=');
    url_escape(out, value);
}

/* "at or after": the operator is part of the name. The carrier keeps whole seconds. */
static void add_since(struct buf *out, const char *name, int64_t since_ms)
{
    char at[TIMESTAMP_SIZE];

    if (since_ms <= 0)
        return;
    timestamp_render(since_ms, at);
    at[SECOND_BYTES] = 'Z';
    at[SECOND_BYTES + 1] = 0;
    buf_add_char(out, '&');
    buf_add_text(out, name);
    buf_add_text(out, "%3E=");
    url_escape(out, span_of(at));
}

static struct buf list_of(struct arena *arena, const struct carrier_log_query *q,
                          const char *resource)
{
    struct buf out = buf_in(arena, ADDRESS_BYTES_MAX);

    buf_add(&out, q->api);
    add_path(&out, q);
    buf_add_text(&out, resource);
    buf_add_text(&out, "?PageSize=");
    buf_add_number(&out, CARRIER_LOG_PAGE_ROWS);
    add_text(&out, "From", q->from);
    add_text(&out, "To", q->to);
    return out;
}

struct span carrier_log_texts_url(struct arena *arena, const struct carrier_log_query *q)
{
    struct buf out = list_of(arena, q, "Messages.json");

    add_since(&out, "DateSent", q->since_ms);
    return buf_span(&out);
}

struct span carrier_log_calls_url(struct arena *arena, const struct carrier_log_query *q)
{
    struct buf out = list_of(arena, q, "Calls.json");

    add_text(&out, "ParentCallSid", q->parent);
    add_since(&out, "StartTime", q->since_ms);
    add_since(&out, "EndTime", q->ended_ms);
    return buf_span(&out);
}

static void add_media_folder(struct buf *out, const struct carrier_log_query *q, struct span sid)
{
    buf_add(out, q->api);
    add_path(out, q);
    buf_add_text(out, "Messages/");
    url_escape(out, sid);
    buf_add_text(out, "/Media");
}

struct span carrier_log_media_url(struct arena *arena, const struct carrier_log_query *q,
                                  struct span sid)
{
    struct buf out = buf_in(arena, ADDRESS_BYTES_MAX);

    add_media_folder(&out, q, sid);
    buf_add_text(&out, ".json");
    return buf_span(&out);
}

static bool is_printable(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* Our credentials go with the request: whatever is not below the same account on the same API is
 * refused. */
static void take_next(struct arena *arena, const struct carrier_log_query *q,
                      const struct json *root, struct carrier_log_page *page)
{
    struct span next = json_text(json_get(root, "next_page_uri")), after;
    struct buf path = buf_in(arena, ADDRESS_BYTES_MAX), url = buf_in(arena, ADDRESS_BYTES_MAX);

    if (next.size == 0)
        return;
    add_path(&path, q);
    if (span_starts(next, q->api))
        next = span_skip(next, q->api.size);
    buf_add(&url, q->api);
    buf_add(&url, next);
    page->strayed = !span_starts(next, buf_span(&path)) || !is_printable(next) ||
                    url_has_dots(span_cut(next, '?', &after)) || url.full;
    if (!page->strayed)
        page->next = buf_span(&url);
}

/* ---- fields ---- */

static struct span text_of(struct arena *arena, const struct json *row, const char *name)
{
    return arena_copy(arena, json_text(json_get(row, name)));
}

static struct span sid_of(struct arena *arena, const struct json *row, const char *name)
{
    const struct span sid = text_of(arena, row, name);

    return sid.size < LIMIT_SID_SIZE && is_printable(sid) ? sid : (struct span){0};
}

/* Numbers of ours and of others are as a webhook gives them. */
static struct span party_of(struct arena *arena, const struct json *row, const char *name)
{
    const struct span party = text_of(arena, row, name);

    for (size_t i = 0; i < party.size; i++)
        if ((unsigned char)party.data[i] < ' ' || party.data[i] == 0x7f)
            return (struct span){0};
    return party.size < LIMIT_PARTY_SIZE ? webhook_number(arena, party) : (struct span){0};
}

static int32_t number_of(const struct json *row, const char *name)
{
    const struct json *value = json_get(row, name);
    int64_t n = 0;

    if (!json_number(value, 0, INT32_MAX, &n))
        (void)span_number(json_text(value), 0, INT32_MAX, &n);
    return (int32_t)n;
}

static int64_t instant_of(const struct json *row, const char *name)
{
    const struct span text = json_text(json_get(row, name));
    int64_t at_ms = 0;
    bool local;

    if (!timestamp_parse_rfc2822(text, &at_ms))
        (void)timestamp_parse(text, &at_ms, &local);
    return at_ms;
}

/* The first that is there. */
static int64_t first_instant(const struct json *row, const char *name, const char *other)
{
    const int64_t at_ms = instant_of(row, name);

    return at_ms ? at_ms : instant_of(row, other);
}

static enum carrier_log_way way_of(const struct json *row)
{
    const struct span direction = json_text(json_get(row, "direction"));

    if (span_is_text(direction, "inbound"))
        return CARRIER_LOG_IN;
    return span_is_text(direction, "outbound-api") ? CARRIER_LOG_OUT : CARRIER_LOG_OTHER;
}

/* ---- rows ---- */

typedef void row_fn(struct arena *arena, const struct json *json, struct carrier_log_row *row);

static void take_text(struct arena *arena, const struct json *json, struct carrier_log_row *row)
{
    const struct span body = text_of(arena, json, "body");

    row->body = body;
    if (body.size > LIMIT_BODY_BYTES)
        row->body.size = utf8_valid_bytes((struct span){body.data, LIMIT_BODY_BYTES});
    row->delivery = webhook_delivery(json_text(json_get(json, "status")));
    row->error_code = number_of(json, "error_code");
    row->media_count = number_of(json, "num_media");
    row->at_ms = first_instant(json, "date_created", "date_sent");
}

/* A call that went wrong is told by its own callback too; as a delivery it counts the same. */
/* clang-format off */
static const struct {
    const char *status;
    enum delivery delivery;
} calls[] = {
    {"completed", DELIVERY_SENT},
    {"busy",      DELIVERY_FAILED},
    {"no-answer", DELIVERY_FAILED},
    {"failed",    DELIVERY_FAILED},
    {"canceled",  DELIVERY_FAILED},
};
/* clang-format on */

static void take_call(struct arena *arena, const struct json *json, struct carrier_log_row *row)
{
    const struct span status = json_text(json_get(json, "status"));

    row->parent = sid_of(arena, json, "parent_call_sid");
    row->delivery = DELIVERY_ACCEPTED;
    row->at_ms = first_instant(json, "start_time", "date_created");
    row->seconds = number_of(json, "duration");
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (span_is_text(status, calls[i].status)) {
            row->delivery = calls[i].delivery;
            row->end_ms = first_instant(json, "end_time", "date_updated");
        }
}

/* Each row says whose it is; one that does not is of the account that was asked. */
static bool is_of(const struct carrier_log_query *q, const struct json *row)
{
    const struct span account = json_text(json_get(row, "account_sid"));

    return account.size == 0 || span_is(account, q->account);
}

static enum err take_page(struct arena *arena, const struct carrier_log_query *q,
                          const struct json *root, const char *key, row_fn *take,
                          struct carrier_log_page *page)
{
    const struct json *list = json_get(root, key);
    const size_t count = json_count(list);

    if (json_type(list) != JSON_LIST || count > ROWS_MAX)
        return ERR_BAD_INPUT;
    page->rows = ARENA_NEW_N(arena, struct carrier_log_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct json *json = json_at(list, i);
        struct carrier_log_row *row = &page->rows[page->count];
        row->sid = sid_of(arena, json, "sid");
        if (row->sid.size == 0 || !is_of(q, json))
            continue;
        row->from = party_of(arena, json, "from");
        row->to = party_of(arena, json, "to");
        row->way = way_of(json);
        take(arena, json, row);
        page->count++;
    }
    take_next(arena, q, root, page);
    return ERR_NONE;
}

/* ---- broken characters ---- */

/* The number in the \uXXXX at the start of `text`; -1 when there is none. */
static int32_t escape_at(struct span text)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    int32_t number = 0;

    if (text.size < ESCAPE_BYTES || !span_starts(text, SPAN("\\u")))
        return -1;
    for (size_t i = 2; i < ESCAPE_BYTES; i++) {
        const char *at = memchr(digits, text.data[i], sizeof digits - 1);
        if (!at)
            return -1;
        number = number << 4 | (int32_t)(at - digits < 16 ? at - digits : at - digits - 6);
    }
    return number;
}

/* The bytes of the character or of the escape at the start; *out_broken: it stands for nothing. */
static size_t take_one(struct span text, bool *out_broken)
{
    uint32_t code;

    if (text.data[0] != '\\') {
        const size_t size = utf8_take(text, &code);
        *out_broken = size == 0;
        return size ? size : 1;
    }
    const int32_t first = escape_at(text);
    *out_broken = first == 0 || (first >= 0xd800 && first <= 0xdfff);
    if (first < 0)
        return text.size > 1 ? 2 : 1;
    const int32_t second = escape_at(span_skip(text, ESCAPE_BYTES));
    if (first < 0xd800 || first > 0xdbff || second < 0xdc00 || second > 0xdfff)
        return ESCAPE_BYTES;
    *out_broken = false;
    return 2 * ESCAPE_BYTES; /* a pair */
}

/* Strangers write what stands in a list, and a text that was cut in the middle of a character
 * must not hide the fifty around it: U+FFFD takes the place of what no reader of JSON takes. */
static struct span mend(struct arena *arena, struct span body)
{
    struct buf out = buf_in(arena, 3 * body.size);
    size_t kept = 0, size;

    for (size_t at = 0; at < body.size; at += size) {
        bool broken;
        size = take_one(span_skip(body, at), &broken);
        if (!broken)
            continue;
        buf_add(&out, (struct span){body.data + kept, at - kept});
        buf_add_text(&out, "\xef\xbf\xbd");
        kept = at + size;
    }
    if (kept == 0)
        return body;
    buf_add(&out, span_skip(body, kept));
    return buf_span(&out);
}

static enum err parse(struct arena *arena, const struct carrier_log_query *q, struct span body,
                      const char *key, row_fn *take, struct carrier_log_page *out)
{
    struct carrier_log_page page = {0};
    struct json_place place;
    struct json *root = NULL;

    if (json_parse(mend(arena, body), &root, &place))
        return ERR_BAD_INPUT;
    const enum err err = take_page(arena, q, root, key, take, &page);
    json_close(&root);
    if (!err)
        *out = page;
    return err;
}

enum err carrier_log_texts_parse(struct arena *arena, const struct carrier_log_query *q,
                                 struct span body, struct carrier_log_page *out)
{
    return parse(arena, q, body, "messages", take_text, out);
}

enum err carrier_log_calls_parse(struct arena *arena, const struct carrier_log_query *q,
                                 struct span body, struct carrier_log_page *out)
{
    return parse(arena, q, body, "calls", take_call, out);
}

enum err carrier_log_media_parse(struct arena *arena, const struct carrier_log_query *q,
                                 struct span sid, struct span body, struct span *out)
{
    struct buf all = buf_in(arena, (MEDIA_MAX + 1) * ADDRESS_BYTES_MAX);
    struct json_place place;
    struct json *root = NULL;

    if (json_parse(body, &root, &place))
        return ERR_BAD_INPUT;
    const struct json *list = json_get(root, "media_list");
    const bool is_list = json_type(list) == JSON_LIST;
    for (size_t i = 0; i < json_count(list) && i < MEDIA_MAX && is_list; i++) {
        const struct span media = sid_of(arena, json_at(list, i), "sid");
        if (media.size == 0)
            continue;
        if (all.size > 0)
            buf_add_char(&all, '\n');
        add_media_folder(&all, q, sid);
        buf_add_char(&all, '/');
        url_escape(&all, media);
    }
    json_close(&root);
    if (!is_list)
        return ERR_BAD_INPUT;
    *out = buf_span(&all);
    return ERR_NONE;
}
