#include "codec/json.h"

#include <string.h>

/* Jansson keeps no places, so the text is walked once more, only as far as the path leads. It is
 * known to be valid; should it not be, the walk still ends, at worst at the end of the text. */
struct walk {
    struct span text;
    size_t at;
};

static char here(const struct walk *w)
{
    return w->at < w->text.size ? w->text.data[w->at] : 0;
}

static void skip_white(struct walk *w)
{
    while (w->at < w->text.size && strchr(" \t\r\n", w->text.data[w->at]))
        w->at++;
}

static void skip_text(struct walk *w)
{
    for (w->at++; w->at < w->text.size && here(w) != '"'; w->at++)
        if (here(w) == '\\')
            w->at++;
    w->at++;
}

/* Over one value; brackets are counted, so that depth costs no stack. */
static void skip_value(struct walk *w)
{
    int depth = 0;

    do {
        skip_white(w);
        const char c = here(w);
        if (c == '"') {
            skip_text(w);
        } else if (c == '[' || c == '{') {
            depth++;
            w->at++;
        } else if (c == ']' || c == '}') {
            depth--;
            w->at++;
        } else if (c == ',' || c == ':') {
            w->at++;
        } else {
            while (w->at < w->text.size && !strchr(" \t\r\n,:]}[{\"", here(w)))
                w->at++;
        }
    } while (depth > 0 && w->at < w->text.size);
}

/* One part of the path: a key, or an index (key.data is NULL then). `escaped` says that the key
 * has a backslash before each '"' and '\'. */
struct part {
    struct span key;
    bool escaped;
    int64_t index;
};

static bool take_quoted(struct span *path, struct part *out)
{
    struct span rest = span_skip(*path, 2);
    size_t n = 0;

    while (n < rest.size && rest.data[n] != '"') {
        const size_t step = rest.data[n] == '\\' ? 2 : 1;
        out->escaped |= step == 2;
        n += step;
    }
    if (n + 1 >= rest.size || rest.data[n + 1] != ']')
        return false;
    out->key = (struct span){rest.data, n};
    *path = span_skip(rest, n + 2);
    return true;
}

static bool take_index(struct span *path, struct part *out)
{
    struct span rest;
    const struct span digits = span_cut(span_skip(*path, 1), ']', &rest);

    if (!span_number(digits, 0, INT32_MAX, &out->index))
        return false;
    *path = rest;
    return true;
}

static bool take_part(struct span *path, struct part *out)
{
    *out = (struct part){.index = -1};
    if (path->size > 0 && path->data[0] == '.')
        *path = span_skip(*path, 1);
    if (path->size == 0)
        return false;
    if (span_starts(*path, SPAN("[\"")))
        return take_quoted(path, out);
    if (path->data[0] == '[')
        return take_index(path, out);
    size_t n = 0;
    while (n < path->size && path->data[n] != '.' && path->data[n] != '[')
        n++;
    out->key = (struct span){path->data, n};
    *path = span_skip(*path, n);
    return true;
}

/* The path's key against the key as the text spells it, without its quotes. */
static bool is_key(const struct part *part, struct span spelled)
{
    struct json *decoded = NULL;
    struct json_place place;
    bool same = false;

    if (!part->escaped && !memchr(spelled.data, '\\', spelled.size))
        return span_is(part->key, spelled);
    struct arena *arena = arena_open(0);
    const char *text = arena_printf(arena, "\"%.*s\"", SPAN_ARG(spelled));
    if (!json_parse(span_of(text), &decoded, &place)) {
        struct buf wanted = buf_in(arena, part->key.size);
        for (size_t i = 0; i < part->key.size; i++) {
            i += part->escaped && part->key.data[i] == '\\' && i + 1 < part->key.size;
            buf_add_char(&wanted, part->key.data[i]);
        }
        same = span_is(buf_span(&wanted), json_text(decoded));
    }
    json_close(&decoded);
    arena_close(&arena);
    return same;
}

/* From the '{' to the value of the member; false, walked to the end, when there is none. */
static bool find_member(struct walk *w, const struct part *part)
{
    for (w->at++, skip_white(w); here(w) == '"'; skip_white(w)) {
        const size_t begin = w->at + 1;
        skip_text(w);
        if (w->at > w->text.size)
            return false;
        const struct span spelled = {w->text.data + begin, w->at - 1 - begin};
        skip_white(w);
        w->at++; /* the colon */
        skip_white(w);
        if (is_key(part, spelled))
            return true;
        skip_value(w);
        skip_white(w);
        w->at += here(w) == ',';
    }
    return false;
}

static bool find_item(struct walk *w, int64_t index)
{
    w->at++;
    for (skip_white(w); w->at < w->text.size && here(w) != ']'; skip_white(w)) {
        if (index-- == 0)
            return true;
        skip_value(w);
        skip_white(w);
        w->at += here(w) == ',';
    }
    return false;
}

void json_locate(struct span text, const char *path, int *out_line, int *out_column)
{
    struct walk w = {.text = text};
    struct span rest = span_of(path);
    struct part part;

    skip_white(&w);
    size_t found = w.at;
    while (take_part(&rest, &part)) {
        const char opening = here(&w);
        const bool inside = part.key.data ? opening == '{' && find_member(&w, &part)
                                          : opening == '[' && find_item(&w, part.index);
        if (!inside)
            break;
        found = w.at;
    }
    int line = 1, column = 1;
    for (size_t i = 0; i < found && i < text.size; i++) {
        const bool line_end = text.data[i] == '\n';
        line += line_end;
        /* Bytes that continue a character are none of their own. */
        column = line_end ? 1 : column + ((text.data[i] & 0xc0) != 0x80);
    }
    *out_line = line;
    *out_column = column;
}
