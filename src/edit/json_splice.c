#include "edit/json_splice.h"

#include <string.h>

#include "codec/json.h"
#include "codec/json_walk.h"

enum { QUOTED_MAX = 8 << 20 };

/* ---- finding ---- */

static bool is_key(struct span quoted, struct span key)
{
    struct json *tree = NULL;
    struct json_place place;

    if (!memchr(quoted.data, '\\', quoted.size))
        return span_is((struct span){quoted.data + 1, quoted.size - 2}, key);
    if (json_parse(quoted, &tree, &place))
        return false;
    const bool is = span_is(json_text(tree), key);
    json_close(&tree);
    return is;
}

/* Where a member or an item stands, and what stands around it. */
struct found {
    bool is_there;
    struct span key, value;
    const char *before_end; /* where the one before it ends; NULL: it is the first */
    const char *next;       /* where the next one begins; NULL: it is the last */
};

/* The member `key`, or when its data is NULL the item `index`. */
static struct found find(struct span container, struct span key, size_t index)
{
    struct found f = {0};
    struct json_walk w;
    struct span name, value;

    if (!json_walk_open(container, &w) || w.is_object != (key.data != NULL))
        return f;
    for (size_t i = 0; json_walk_next(&w, &name, &value); i++) {
        if (f.is_there) {
            f.next = w.is_object ? name.data : value.data;
            return f;
        }
        f.is_there = w.is_object ? is_key(name, key) : i == index;
        if (f.is_there) {
            f.key = name;
            f.value = value;
        } else {
            f.before_end = value.data + value.size;
        }
    }
    return f;
}

struct span json_splice_get(struct span object, struct span key)
{
    return find(object, key, 0).value;
}

struct span json_splice_at(struct span list, size_t index)
{
    return find(list, (struct span){NULL, 0}, index).value;
}

/* ---- changing ---- */

struct span json_splice_put(struct arena *arena, struct span text, struct span old,
                            struct span fresh)
{
    const size_t at = (size_t)(old.data - text.data), rest = text.size - at - old.size;
    char *out = arena_alloc(arena, at + fresh.size + rest + 1);

    memcpy(out, text.data, at);
    if (fresh.size)
        memcpy(out + at, fresh.data, fresh.size);
    memcpy(out + at + fresh.size, old.data + old.size, rest);
    return (struct span){out, at + fresh.size + rest};
}

/* The end of the last of them, and the blanks before the first. Both empty in an empty one. */
static const char *end_of_last(struct span container, struct span *out_gap)
{
    struct json_walk w;
    struct span key, value;
    const char *end = NULL;

    *out_gap = (struct span){NULL, 0};
    if (!json_walk_open(container, &w))
        return NULL;
    const char *open = w.rest.data;
    while (json_walk_next(&w, &key, &value)) {
        const char *begin = w.is_object ? key.data : value.data;
        if (!end)
            *out_gap = (struct span){open, (size_t)(begin - open)};
        end = value.data + value.size;
    }
    return end;
}

static struct span add(struct arena *arena, struct span text, struct span container,
                       struct span fresh)
{
    struct span gap;
    const char *end = end_of_last(container, &gap);
    const struct span inside = span_trim(container);

    if (!end) {
        const struct span blanks = {inside.data + 1, inside.size - 2};
        return json_splice_put(arena, text, blanks, fresh);
    }
    const bool is_lines = gap.size && memchr(gap.data, '\n', gap.size);
    const char *more =
        arena_printf(arena, ",%.*s", is_lines ? (int)gap.size : 1, is_lines ? gap.data : " ");
    struct span both = {more, strlen(more)};
    char *joined = arena_alloc(arena, both.size + fresh.size + 1);
    memcpy(joined, both.data, both.size);
    memcpy(joined + both.size, fresh.data, fresh.size);
    return json_splice_put(arena, text, (struct span){end, 0},
                           (struct span){joined, both.size + fresh.size});
}

struct span json_splice_quote(struct arena *arena, struct span text)
{
    struct buf out = buf_in(arena, QUOTED_MAX);
    struct json_out json = json_out(&out);

    json_out_text(&json, NULL, text);
    return buf_span(&out);
}

struct span json_splice_set(struct arena *arena, struct span text, struct span object,
                            struct span key, struct span value)
{
    const struct found f = find(object, key, 0);

    if (f.is_there)
        return json_splice_put(arena, text, f.value, value);
    const struct span name = json_splice_quote(arena, key);
    char *member = arena_alloc(arena, name.size + value.size + 3);
    memcpy(member, name.data, name.size);
    memcpy(member + name.size, ": ", 2);
    memcpy(member + name.size + 2, value.data, value.size);
    return add(arena, text, object, (struct span){member, name.size + 2 + value.size});
}

struct span json_splice_add(struct arena *arena, struct span text, struct span list,
                            struct span value)
{
    return add(arena, text, list, value);
}

/* With the comma before it, or of the first one the comma after it. */
static struct span drop(struct arena *arena, struct span text, const struct found *f)
{
    if (!f->is_there)
        return (struct span){NULL, 0};
    const char *begin = f->key.data ? f->key.data : f->value.data;
    const char *end = f->value.data + f->value.size;
    if (f->before_end)
        begin = f->before_end;
    else if (f->next)
        end = f->next;
    return json_splice_put(arena, text, (struct span){begin, (size_t)(end - begin)},
                           (struct span){"", 0});
}

struct span json_splice_drop(struct arena *arena, struct span text, struct span object,
                             struct span key)
{
    const struct found f = find(object, key, 0);

    return drop(arena, text, &f);
}

struct span json_splice_drop_at(struct arena *arena, struct span text, struct span list,
                                size_t index)
{
    const struct found f = find(list, (struct span){NULL, 0}, index);

    return drop(arena, text, &f);
}
