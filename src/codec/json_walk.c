#include "codec/json_walk.h"

#include <string.h>

/* Up to the quote that ends the text which `s` begins with, that quote included. */
static size_t text_size(struct span s)
{
    size_t i = 1;

    while (i < s.size && s.data[i] != '"')
        i += s.data[i] == '\\' ? 2 : 1;
    return i < s.size ? i + 1 : s.size;
}

static bool ends_word(char c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t value_size(struct span s)
{
    size_t i = 0, depth = 0;

    while (i < s.size) {
        const char c = s.data[i];
        if (depth == 0 && i > 0 && ends_word(c))
            break;
        if (c == '"') {
            i += text_size(span_skip(s, i));
        } else {
            depth += c == '{' || c == '[';
            depth -= (c == '}' || c == ']') && depth > 0;
            i++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            break;
    }
    return i;
}

bool json_walk_open(struct span value, struct json_walk *out)
{
    const struct span text = span_trim(value);

    if (text.size < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return false;
    *out = (struct json_walk){span_skip(text, 1), text.data[0] == '{'};
    return true;
}

static struct span without_blanks(struct span s)
{
    while (s.size > 0 && strchr(" \t\n\r", s.data[0]) && s.data[0])
        s = span_skip(s, 1);
    return s;
}

bool json_walk_next(struct json_walk *w, struct span *out_key, struct span *out_value)
{
    struct span s = without_blanks(w->rest);
    struct span key = {0};

    if (s.size > 0 && s.data[0] == ',')
        s = without_blanks(span_skip(s, 1));
    if (s.size == 0 || s.data[0] == '}' || s.data[0] == ']')
        return false;
    if (w->is_object) {
        key = (struct span){s.data, text_size(s)};
        s = without_blanks(span_skip(s, key.size));
        s = without_blanks(span_skip(s, 1)); /* the colon */
    }
    *out_key = key;
    *out_value = (struct span){s.data, value_size(s)};
    w->rest = span_skip(s, out_value->size);
    return true;
}

struct span json_walk_get(struct span object, const char *key)
{
    const size_t size = strlen(key);
    struct json_walk w;
    struct span name, value;

    if (!json_walk_open(object, &w) || !w.is_object)
        return (struct span){0};
    while (json_walk_next(&w, &name, &value))
        if (name.size == size + 2 && memcmp(name.data + 1, key, size) == 0)
            return value;
    return (struct span){0};
}
