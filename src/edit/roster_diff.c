#include "edit/roster_diff.h"

#include <string.h>

#include "model/limits.h"

enum {
    KEYED_MOST =
        2000, /* items of a list that are matched by their ids: each is compared with each */
    PAIRED_MOST = 600, /* ... by being equal */
    LABEL_BYTES = 64,
};

static const char *const kind_names[ROSTER_DIFF_KINDS] = {
    [ROSTER_DIFF_CHANGED] = "changed",
    [ROSTER_DIFF_ADDED] = "added",
    [ROSTER_DIFF_REMOVED] = "removed",
    [ROSTER_DIFF_MOVED] = "moved",
};

const char *roster_diff_kind_name(enum roster_diff_kind kind)
{
    return kind_names[kind];
}

/* ---- equal ---- */

/* Most often it stands at the same place. */
static const struct json *find_member(const struct json *object, struct span key, size_t near)
{
    const size_t count = json_count(object);
    struct span at;

    for (size_t k = 0; k < count; k++) {
        const struct json *m = json_member(object, (near + k) % count, &at);
        if (span_is(at, key))
            return m;
    }
    return NULL;
}

static bool are_written_same(const struct json *a, const struct json *b)
{
    struct arena *scratch = arena_open(256);
    const bool same = span_is(json_dump(scratch, a), json_dump(scratch, b));

    arena_close(&scratch);
    return same;
}

/* The order of members has no meaning. Nesting is bounded by the parser. */
static bool is_same(const struct json *a, const struct json *b)
{
    struct span key;

    if (json_type(a) != json_type(b) || json_count(a) != json_count(b))
        return false;
    switch (json_type(a)) {
    case JSON_TEXT:
        return span_is(json_text(a), json_text(b));
    case JSON_NUMBER:
    case JSON_BOOL:
        return are_written_same(a, b);
    case JSON_LIST:
        for (size_t i = 0; i < json_count(a); i++)
            if (!is_same(json_at(a, i), json_at(b, i)))
                return false;
        return true;
    case JSON_OBJECT:
        for (size_t i = 0; i < json_count(a); i++) {
            const struct json *value = json_member(a, i, &key);
            const struct json *other = find_member(b, key, i);
            if (!other || !is_same(value, other))
                return false;
        }
        return true;
    case JSON_ABSENT:
    case JSON_NULL:
    case JSON_TYPES:
        break;
    }
    return true;
}

/* ---- what is to be compared, in the order of the document ---- */

/* A pair to be compared (`before` and `after`), something that one of them lacks, or a move. */
struct task {
    struct task *next;
    const char *path;
    const struct json *before, *after;
    size_t from, to; /* places of a move, from 1; 0: none */
};

struct tasks {
    struct arena *arena;
    struct task *first, **last;
};

static struct task *add_task(struct tasks *t, const char *path, const struct json *before,
                             const struct json *after)
{
    struct task *task = ARENA_NEW(t->arena, struct task);

    *task = (struct task){.path = path, .before = before, .after = after};
    *t->last = task;
    t->last = &task->next;
    return task;
}

static bool is_plain_key(struct span key)
{
    for (size_t i = 0; i < key.size; i++)
        if (strchr(".[]\" ", key.data[i]) || (unsigned char)key.data[i] < ' ')
            return false;
    return key.size > 0 && key.size <= LABEL_BYTES;
}

static const char *member_path(struct arena *arena, const char *path, struct span key)
{
    if (!is_plain_key(key))
        return arena_printf(arena, "%s[\"%.*s%s\"]", path,
                            (int)(key.size > LABEL_BYTES ? LABEL_BYTES : key.size),
                            key.data ? key.data : "", key.size > LABEL_BYTES ? "..." : "");
    return arena_printf(arena, "%s%s%.*s", path, path[0] ? "." : "", SPAN_ARG(key));
}

static void compare_objects(struct tasks *t, const struct task *of)
{
    struct span key;

    for (size_t i = 0; i < json_count(of->before); i++) {
        const struct json *value = json_member(of->before, i, &key);
        if (!of->path[0] && span_is(key, SPAN("relay")))
            continue;
        add_task(t, member_path(t->arena, of->path, key), value, find_member(of->after, key, i));
    }
    for (size_t i = 0; i < json_count(of->after); i++) {
        const struct json *value = json_member(of->after, i, &key);
        if ((of->path[0] || !span_is(key, SPAN("relay"))) && !find_member(of->before, key, i))
            add_task(t, member_path(t->arena, of->path, key), NULL, value);
    }
}

/* ---- lists whose items have names ---- */

/* By what an item is known among the others; empty: by nothing. */
static struct span item_key(struct arena *arena, const struct json *item)
{
    static const char *const names[] = {"id", "number", "phone", "name"};

    if (json_type(item) == JSON_TEXT)
        return json_text(item);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct json *value = json_get(item, names[i]);
        if (json_type(value) == JSON_TEXT)
            return json_text(value);
        if (json_type(value) == JSON_NUMBER)
            return json_dump(arena, value);
    }
    return (struct span){NULL, 0};
}

struct keyed {
    struct span *keys;
    size_t count;
};

static bool has_key(const struct keyed *k, struct span key, size_t below)
{
    for (size_t i = 0; i < below; i++)
        if (span_is(k->keys[i], key))
            return true;
    return false;
}

/* False when one has none, or two have the same. */
static bool keys_of(struct arena *arena, const struct json *list, struct keyed *out)
{
    out->count = json_count(list);
    if (out->count > KEYED_MOST)
        return false;
    out->keys = ARENA_NEW_N(arena, struct span, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        out->keys[i] = item_key(arena, json_at(list, i));
        if (!out->keys[i].size || has_key(out, out->keys[i], i))
            return false;
    }
    return true;
}

static size_t place_of(const struct keyed *k, struct span key)
{
    size_t i = 0;

    while (i < k->count && !span_is(k->keys[i], key))
        i++;
    return i; /* the count: it is not there */
}

static const char *keyed_path(struct arena *arena, const char *path, struct span key)
{
    if (!is_plain_key(key) && key.size <= LABEL_BYTES)
        return arena_printf(arena, "%s[\"%.*s\"]", path, SPAN_ARG(key));
    return arena_printf(arena, "%s[%.*s%s]", path,
                        (int)(key.size > LABEL_BYTES ? LABEL_BYTES : key.size), key.data,
                        key.size > LABEL_BYTES ? "..." : "");
}

/* Marks the longest run of items whose order is the same in both: the others were moved. `old`
 * has the old place of each new item, or SIZE_MAX. */
static void mark_in_order(struct arena *arena, const size_t *old, size_t count, bool *out_stays)
{
    size_t *length = ARENA_NEW_N(arena, size_t, count + 1);
    size_t *before = ARENA_NEW_N(arena, size_t, count + 1);
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        if (old[i] == SIZE_MAX)
            continue;
        length[i] = 1;
        before[i] = SIZE_MAX;
        for (size_t k = 0; k < i; k++)
            if (old[k] != SIZE_MAX && old[k] < old[i] && length[k] + 1 > length[i]) {
                length[i] = length[k] + 1;
                before[i] = k;
            }
        if (best == SIZE_MAX || length[i] > length[best])
            best = i;
    }
    for (size_t i = best; i != SIZE_MAX; i = before[i])
        out_stays[i] = true;
}

static void compare_keyed(struct tasks *t, const struct task *of, const struct keyed *before,
                          const struct keyed *after)
{
    size_t *old = ARENA_NEW_N(t->arena, size_t, after->count + 1);
    bool *stays = ARENA_NEW_N(t->arena, bool, after->count + 1);

    for (size_t i = 0; i < before->count; i++)
        if (place_of(after, before->keys[i]) == after->count)
            add_task(t, keyed_path(t->arena, of->path, before->keys[i]), json_at(of->before, i),
                     NULL);
    for (size_t i = 0; i < after->count; i++) {
        const size_t at = place_of(before, after->keys[i]);
        old[i] = at == before->count ? SIZE_MAX : at;
    }
    mark_in_order(t->arena, old, after->count, stays);
    for (size_t i = 0; i < after->count; i++) {
        const char *path = keyed_path(t->arena, of->path, after->keys[i]);
        if (old[i] != SIZE_MAX && !stays[i]) {
            struct task *move = add_task(t, path, NULL, NULL);
            move->from = old[i] + 1;
            move->to = i + 1;
        }
        add_task(t, path, old[i] == SIZE_MAX ? NULL : json_at(of->before, old[i]),
                 json_at(of->after, i));
    }
}

/* ---- lists without names ---- */

static const char *index_path(struct arena *arena, const char *path, size_t index)
{
    return arena_printf(arena, "%s[%zu]", path, index);
}

/* The old place of the item that is equal to each new one and not yet another's; SIZE_MAX: none.
 * An item at its own place comes first, so that of several equal ones few are moved. */
static void pair_equal(const struct json *before, const struct json *after, bool *taken,
                       size_t *old)
{
    const size_t olds = json_count(before), news = json_count(after);

    for (size_t i = 0; i < news; i++) {
        old[i] = SIZE_MAX;
        if (i < olds && is_same(json_at(before, i), json_at(after, i))) {
            old[i] = i;
            taken[i] = true;
        }
    }
    for (size_t i = 0; i < news; i++)
        for (size_t k = 0; k < olds && old[i] == SIZE_MAX; k++)
            if (!taken[k] && is_same(json_at(before, k), json_at(after, i))) {
                old[i] = k;
                taken[k] = true;
            }
}

/* Those that have no equal are compared one after the other; what then is left was added or taken
 * out. */
static void compare_rest(struct tasks *t, const struct task *of, const bool *taken,
                         const size_t *old, const bool *stays)
{
    const size_t olds = json_count(of->before), news = json_count(of->after);
    size_t k = 0;

    for (size_t i = 0; i < news; i++) {
        const char *path = index_path(t->arena, of->path, i);
        if (old[i] != SIZE_MAX && !stays[i]) {
            struct task *move = add_task(t, path, NULL, NULL);
            move->from = old[i] + 1;
            move->to = i + 1;
        }
        if (old[i] != SIZE_MAX)
            continue;
        while (k < olds && taken[k])
            k++;
        add_task(t, path, k < olds ? json_at(of->before, k) : NULL, json_at(of->after, i));
        k += k < olds;
    }
    for (; k < olds; k++)
        if (!taken[k])
            add_task(t, index_path(t->arena, of->path, k), json_at(of->before, k), NULL);
}

static void compare_by_place(struct tasks *t, const struct task *of)
{
    const size_t olds = json_count(of->before), news = json_count(of->after);

    for (size_t i = 0; i < olds || i < news; i++)
        add_task(t, index_path(t->arena, of->path, i), json_at(of->before, i),
                 json_at(of->after, i));
}

static void compare_lists(struct tasks *t, const struct task *of)
{
    const size_t olds = json_count(of->before), news = json_count(of->after);
    struct keyed before, after;

    if (keys_of(t->arena, of->before, &before) && keys_of(t->arena, of->after, &after)) {
        compare_keyed(t, of, &before, &after);
        return;
    }
    if (olds > PAIRED_MOST || news > PAIRED_MOST) {
        compare_by_place(t, of);
        return;
    }
    bool *taken = ARENA_NEW_N(t->arena, bool, olds + 1);
    bool *stays = ARENA_NEW_N(t->arena, bool, news + 1);
    size_t *old = ARENA_NEW_N(t->arena, size_t, news + 1);
    pair_equal(of->before, of->after, taken, old);
    mark_in_order(t->arena, old, news, stays);
    compare_rest(t, of, taken, old, stays);
}

/* ---- what is said ---- */

static struct span shown(struct arena *arena, const struct json *value)
{
    if (!value)
        return (struct span){NULL, 0};
    const struct span text = json_dump(arena, value);
    if (text.size <= ROSTER_DIFF_VALUE_BYTES)
        return text;
    return span_of(
        arena_printf(arena, "\"(%s of %zu bytes)\"", json_type_name(json_type(value)), text.size));
}

static struct span place_text(struct arena *arena, size_t place)
{
    return span_of(arena_printf(arena, "%zu", place));
}

static void say(struct arena *arena, const struct task *of, struct roster_diff *out)
{
    if (out->count == ROSTER_DIFF_MOST) {
        out->more++;
        return;
    }
    struct roster_diff_item *item = &out->list[out->count++];
    item->path = of->path;
    if (of->from) {
        item->kind = ROSTER_DIFF_MOVED;
        item->before = place_text(arena, of->from);
        item->after = place_text(arena, of->to);
        return;
    }
    item->kind = !of->before  ? ROSTER_DIFF_ADDED
                 : !of->after ? ROSTER_DIFF_REMOVED
                              : ROSTER_DIFF_CHANGED;
    item->before = shown(arena, of->before);
    item->after = shown(arena, of->after);
}

static void compare(struct arena *arena, const struct json *before, const struct json *after,
                    struct roster_diff *out)
{
    struct task whole = {.path = "", .before = before, .after = after};

    for (struct task *t = &whole; t;) {
        struct tasks parts = {.arena = arena};
        struct task *rest = t->next;
        const enum json_type type = json_type(t->before);
        parts.last = &parts.first;
        if (t->from) {
            say(arena, t, out);
        } else if (!is_same(t->before, t->after)) {
            if (type == json_type(t->after) && type == JSON_OBJECT)
                compare_objects(&parts, t);
            else if (type == json_type(t->after) && type == JSON_LIST)
                compare_lists(&parts, t);
            else
                say(arena, t, out);
        }
        *parts.last = rest;
        t = parts.first;
    }
}

static struct json *parsed(struct span text)
{
    struct json *tree = NULL;
    struct json_place place;

    return text.size && !json_parse(text, &tree, &place) ? tree : NULL;
}

void roster_diff(struct arena *arena, struct span before, struct span after,
                 struct roster_diff *out)
{
    struct json *old = parsed(before), *fresh = parsed(after);

    *out = (struct roster_diff){.count = 0};
    compare(arena, old, fresh, out);
    json_close(&old);
    json_close(&fresh);
}

static void value(struct json_out *json, const char *key, struct span text)
{
    if (text.data)
        json_out_raw(json, key, text);
    else
        json_out_null(json, key);
}

void roster_diff_write(struct json_out *json, const char *key, const struct roster_diff *diff)
{
    json_out_list(json, key);
    for (size_t i = 0; i < diff->count; i++) {
        const struct roster_diff_item *item = &diff->list[i];
        json_out_object(json, NULL);
        json_out_text(json, "path", span_of(item->path));
        json_out_text(json, "change", span_of(roster_diff_kind_name(item->kind)));
        value(json, "before", item->before);
        value(json, "after", item->after);
        json_out_end_object(json);
    }
    json_out_end_list(json);
    json_out_number(json, "difference_more", (int64_t)diff->more);
}
