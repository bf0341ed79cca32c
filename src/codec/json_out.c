#include "codec/json.h"

#include <stdio.h>

#include "base/utf8.h"

static void add_escaped(struct buf *b, char c)
{
    char escape[8];

    switch (c) {
    case '"':
        buf_add(b, SPAN("\\\""));
        return;
    case '\\':
        buf_add(b, SPAN("\\\\"));
        return;
    case '\n':
        buf_add(b, SPAN("\\n"));
        return;
    case '\r':
        buf_add(b, SPAN("\\r"));
        return;
    case '\t':
        buf_add(b, SPAN("\\t"));
        return;
    default:
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)c);
        buf_add(b, span_of(escape));
    }
}

/* Bytes from the start of `text` that need no change. */
static size_t plain_size(struct span text)
{
    size_t n = 0;
    uint32_t code;

    while (n < text.size) {
        const size_t size = utf8_take(span_skip(text, n), &code);
        if (size == 0 || code < ' ' || code == 127 || code == '"' || code == '\\')
            break;
        n += size;
    }
    return n;
}

static void add_quoted(struct buf *b, struct span text)
{
    buf_add_char(b, '"');
    while (text.size > 0) {
        const size_t plain = plain_size(text);
        buf_add(b, (struct span){text.data, plain});
        text = span_skip(text, plain);
        if (text.size == 0)
            break;
        if ((unsigned char)text.data[0] < 0x80)
            add_escaped(b, text.data[0]);
        else
            buf_add(b, SPAN("\xef\xbf\xbd"));
        text = span_skip(text, 1);
    }
    buf_add_char(b, '"');
}

struct json_out json_out(struct buf *buf)
{
    return (struct json_out){.buf = buf};
}

static void begin_value(struct json_out *o, const char *key)
{
    if (o->more)
        buf_add_char(o->buf, ',');
    o->more = true;
    if (!key)
        return;
    add_quoted(o->buf, span_of(key));
    buf_add_char(o->buf, ':');
}

void json_out_object(struct json_out *o, const char *key)
{
    begin_value(o, key);
    buf_add_char(o->buf, '{');
    o->more = false;
}

void json_out_list(struct json_out *o, const char *key)
{
    begin_value(o, key);
    buf_add_char(o->buf, '[');
    o->more = false;
}

void json_out_end_object(struct json_out *o)
{
    buf_add_char(o->buf, '}');
    o->more = true;
}

void json_out_end_list(struct json_out *o)
{
    buf_add_char(o->buf, ']');
    o->more = true;
}

void json_out_text(struct json_out *o, const char *key, struct span text)
{
    begin_value(o, key);
    add_quoted(o->buf, text);
}

void json_out_number(struct json_out *o, const char *key, int64_t n)
{
    begin_value(o, key);
    buf_add_number(o->buf, n);
}

void json_out_bool(struct json_out *o, const char *key, bool b)
{
    begin_value(o, key);
    buf_add_text(o->buf, b ? "true" : "false");
}

void json_out_null(struct json_out *o, const char *key)
{
    begin_value(o, key);
    buf_add(o->buf, SPAN("null"));
}

void json_out_text_or_null(struct json_out *o, const char *key, struct span text)
{
    if (text.data)
        json_out_text(o, key, text);
    else
        json_out_null(o, key);
}

void json_out_raw(struct json_out *o, const char *key, struct span json)
{
    begin_value(o, key);
    buf_add(o->buf, json);
}
