#include "codec/xml.h"

#include <string.h>

#include "base/check.h"
#include "base/utf8.h"

/* Where text goes decides which blanks a reader would change: a carriage return anywhere, and
 * in an attribute also tabs and ends of lines. HTML readers leave them alone. */
enum place { IN_TEXT, IN_ATTR, IN_HTML };

static const char *reference(char c, enum place place)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return place == IN_TEXT ? NULL : "&quot;";
    case '\'':
        return place == IN_HTML ? "&#39;" : NULL;
    case '\r':
        return place == IN_HTML ? NULL : "&#13;";
    case '\n':
        return place == IN_ATTR ? "&#10;" : NULL;
    case '\t':
        return place == IN_ATTR ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static bool is_allowed(uint32_t code)
{
    if (code < ' ')
        return code == '\t' || code == '\n' || code == '\r';
    return code != 0xfffe && code != 0xffff;
}

static void add_character(struct buf *out, struct span character, uint32_t code, enum place place)
{
    const char *as = character.size == 1 ? reference(character.data[0], place) : NULL;

    if (as)
        buf_add_text(out, as);
    else if (is_allowed(code))
        buf_add(out, character);
}

bool xml_out_is_seen(struct span text)
{
    while (text.size > 0) {
        uint32_t code = 0;
        const size_t size = utf8_take(text, &code);
        if (size == 0 || (is_allowed(code) && code > ' '))
            return true;
        text = span_skip(text, size);
    }
    return false;
}

static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 0x80 && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

static void escape(struct buf *out, struct span text, enum place place)
{
    while (text.size > 0) {
        size_t size = 0;
        uint32_t code = 0;
        while (size < text.size && is_plain((unsigned char)text.data[size]))
            size++;
        if (size > 0) {
            buf_add(out, (struct span){text.data, size});
        } else if ((size = utf8_take(text, &code)) > 0) {
            add_character(out, (struct span){text.data, size}, code, place);
        } else {
            buf_add(out, SPAN("\xef\xbf\xbd"));
            size = 1;
        }
        text = span_skip(text, size);
    }
}

struct xml_out xml_out(struct buf *buf)
{
    buf_add_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    return (struct xml_out){.buf = buf};
}

static void end_tag(struct xml_out *o)
{
    if (o->in_tag)
        buf_add_char(o->buf, '>');
    o->in_tag = false;
}

void xml_out_begin(struct xml_out *o, const char *name)
{
    CHECK(o->depth < XML_DEPTH_MAX);
    end_tag(o);
    buf_add_char(o->buf, '<');
    buf_add_text(o->buf, name);
    o->open[o->depth++] = name;
    o->in_tag = true;
}

void xml_out_attr(struct xml_out *o, const char *name, struct span value)
{
    CHECK(o->in_tag);
    buf_add_char(o->buf, ' ');
    buf_add_text(o->buf, name);
    buf_add_text(o->buf, "=\"");
    escape(o->buf, value, IN_ATTR);
    buf_add_char(o->buf, '"');
}

void xml_out_text(struct xml_out *o, struct span text)
{
    end_tag(o);
    escape(o->buf, text, IN_TEXT);
}

void xml_out_end(struct xml_out *o)
{
    CHECK(o->depth > 0);
    o->depth--;
    if (o->in_tag) {
        buf_add_text(o->buf, "/>");
        o->in_tag = false;
        return;
    }
    buf_add_text(o->buf, "</");
    buf_add_text(o->buf, o->open[o->depth]);
    buf_add_char(o->buf, '>');
}

void xml_escape(struct buf *out, struct span text)
{
    escape(out, text, IN_HTML);
}
