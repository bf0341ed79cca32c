#include "codec/form.h"

#include <string.h>

#include "base/utf8.h"
#include "codec/url.h"

/* Where decoded text goes: one piece of the arena for the whole body, taken when the first
 * field needs it; decoding never makes text longer. */
struct decoder {
    struct arena *arena;
    size_t body_bytes;
    char *at;
};

static bool is_text(struct span text)
{
    return utf8_is_valid(text) && (text.size == 0 || !memchr(text.data, 0, text.size));
}

static bool is_plain(struct span text)
{
    return text.size == 0 ||
           (!memchr(text.data, '%', text.size) && !memchr(text.data, '+', text.size));
}

/* Plain text stays where it is; it has been checked with the whole body. */
static enum err decode(struct decoder *d, struct span *text)
{
    if (is_plain(*text))
        return ERR_NONE;
    if (!d->at)
        d->at = arena_alloc(d->arena, d->body_bytes);
    char *const start = d->at;
    for (size_t i = 0; i < text->size; i++) {
        char c = text->data[i];
        if (c == '%') {
            if (!url_escape_take(span_skip(*text, i), &c))
                return ERR_BAD_INPUT;
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        *d->at++ = c;
    }
    *text = (struct span){start, (size_t)(d->at - start)};
    return is_text(*text) ? ERR_NONE : ERR_BAD_INPUT;
}

static enum err parse_field(struct decoder *d, struct span pair, struct form_field *out)
{
    struct span value, name = span_cut(pair, '=', &value);

    enum err e = decode(d, &name);
    if (!e)
        e = decode(d, &value);
    if (!e)
        *out = (struct form_field){name, value};
    return e;
}

static size_t count_pairs(struct span body)
{
    size_t n = 0;

    while (body.size > 0)
        n += span_cut(body, '&', &body).size > 0;
    return n;
}

enum err form_parse(struct arena *arena, struct span body, struct form *out)
{
    struct decoder d = {.arena = arena, .body_bytes = body.size};
    struct form form = {.count = count_pairs(body)};
    size_t n = 0;

    if (form.count > FORM_FIELDS_MAX)
        return ERR_FULL;
    if (!is_text(body))
        return ERR_BAD_INPUT;
    form.fields = ARENA_NEW_N(arena, struct form_field, form.count);
    while (body.size > 0) {
        const struct span pair = span_cut(body, '&', &body);
        if (pair.size == 0)
            continue;
        const enum err e = parse_field(&d, pair, &form.fields[n++]);
        if (e)
            return e;
    }
    *out = form;
    return ERR_NONE;
}

struct span form_get(const struct form *form, const char *name)
{
    const struct span wanted = span_of(name);

    for (size_t i = 0; i < form->count; i++)
        if (span_is(form->fields[i].name, wanted))
            return form->fields[i].value;
    return (struct span){NULL, 0};
}

size_t form_count(const struct form *form, const char *name)
{
    const struct span wanted = span_of(name);
    size_t n = 0;

    for (size_t i = 0; i < form->count; i++)
        n += span_is(form->fields[i].name, wanted);
    return n;
}

void form_add(struct buf *out, const char *name, struct span value)
{
    if (out->size > 0)
        buf_add_char(out, '&');
    url_escape(out, span_of(name));
    buf_add_char(out, '=');
    url_escape(out, value);
}
