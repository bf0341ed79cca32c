#include "edit/roster_shown.h"

#include <string.h>

#include "base/buf.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "codec/url.h"
#include "edit/json_splice.h"

enum { SHOWN_MAX = 8 << 20, DEPTH_MAX = 64 /* the parser's */ };

struct shown {
    struct arena *arena;
    struct buf out;
    const char *from; /* what is before it has been written */
};

/* The text that stands in quotes; NULL data when it is none. */
static struct span text_of(struct arena *arena, struct span quoted)
{
    struct json *tree = NULL;
    struct json_place place;
    struct span text = {NULL, 0};

    if (quoted.size < 2 || quoted.data[0] != '"' || json_parse(quoted, &tree, &place))
        return text;
    text = arena_copy(arena, json_text(tree));
    json_close(&tree);
    return text;
}

static bool is_secret(struct arena *arena, struct span key)
{
    static const char *const keys[] = {"calendar", "away_calendar"};
    const bool has_escapes = memchr(key.data, '\\', key.size) != NULL;
    const struct span name = has_escapes    ? text_of(arena, key)
                             : key.size < 2 ? key
                                            : (struct span){key.data + 1, key.size - 2};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (span_is_text(name, keys[i]))
            return true;
    return false;
}

static void hide(struct shown *s, struct span value)
{
    const struct span text = text_of(s->arena, value);
    struct url url;

    if (span_is_text(value, "null") || (text.data && !memchr(text.data, ':', text.size)))
        return;
    const char *place =
        text.data && !url_parse(text, &url)
            ? arena_printf(s->arena, "%.*s://%.*s/...", SPAN_ARG(url.scheme), SPAN_ARG(url.host))
            : "...";
    buf_add(&s->out, (struct span){s->from, (size_t)(value.data - s->from)});
    buf_add(&s->out, json_splice_quote(s->arena, span_of(place)));
    s->from = value.data + value.size;
}

static void look(struct shown *s, struct span container, int depth)
{
    struct json_walk walk;
    struct span key, value;

    if (depth > DEPTH_MAX || !json_walk_open(container, &walk))
        return;
    while (json_walk_next(&walk, &key, &value))
        if (walk.is_object && is_secret(s->arena, key))
            hide(s, value);
        else
            look(s, value, depth + 1);
}

struct span roster_shown(struct arena *arena, struct span document)
{
    struct shown s = {arena, buf_in(arena, SHOWN_MAX), document.data};

    look(&s, document, 0);
    if (s.from == document.data)
        return document;
    buf_add(&s.out, span_skip(document, (size_t)(s.from - document.data)));
    return buf_span(&s.out);
}
