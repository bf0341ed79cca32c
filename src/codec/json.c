/* Jansson claims three of our names. */
#define json_type jansson_type
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef json_type
#undef JSON_OBJECT
#undef JSON_NULL

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"

enum { DEPTH_MAX = 64 };

/* One node beside each of jansson's: a list or an object is an array here, so that its i-th
 * part is found at once whatever its size. */
struct json {
    json_t *raw;
    struct span key; /* when a member of an object */
    struct json *parts;
    size_t count;
};

struct tree {
    struct json root; /* first, so that the root leads to its tree */
    struct arena *arena;
};

static const char *const type_names[JSON_TYPES] = {
    [JSON_ABSENT] = "nothing",   [JSON_NULL] = "null",   [JSON_BOOL] = "true or false",
    [JSON_NUMBER] = "a number",  [JSON_TEXT] = "a text", [JSON_LIST] = "a list",
    [JSON_OBJECT] = "an object",
};

/* What is parsed may be a secret. Before the first thread, since it is one setting for all. */
__attribute__((constructor)) static void leave_nothing(void)
{
    json_set_alloc_funcs(malloc, arena_wipe_free);
}

static void add_parts(struct arena *arena, struct json *node)
{
    const bool object = json_typeof(node->raw) == JANSSON_OBJECT;
    const char *key;
    json_t *value;
    size_t i = 0;

    node->count = object ? json_object_size(node->raw) : json_array_size(node->raw);
    node->parts = ARENA_NEW_N(arena, struct json, node->count);
    if (object) {
        json_object_foreach(node->raw, key, value) node->parts[i++] =
            (struct json){.raw = value, .key = span_of(key)};
    } else {
        json_array_foreach(node->raw, i, value) node->parts[i] = (struct json){.raw = value};
    }
    for (i = 0; i < node->count; i++)
        add_parts(arena, &node->parts[i]);
}

/* Stands on the offset at which brackets go too deep, or at the end of the text. Jansson's own
 * bound is fixed when it is built, and is too high for a recursion per level. */
static size_t find_too_deep(struct span text)
{
    int depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '[' || c == '{') && ++depth > DEPTH_MAX)
            return i;
        else if (!in_text && (c == ']' || c == '}'))
            depth--;
    }
    return text.size;
}

static void place_too_deep(struct span text, size_t at, struct json_place *place)
{
    place->line = place->column = 1;
    for (size_t i = 0; i < at; i++) {
        const bool line_end = text.data[i] == '\n';
        place->line += line_end;
        /* Bytes that continue a character are none of their own. */
        place->column = line_end ? 1 : place->column + ((text.data[i] & 0xc0) != 0x80);
    }
    snprintf(place->words, sizeof place->words, "nested deeper than %d levels", DEPTH_MAX);
}

static void place_of_error(const json_error_t *error, struct json_place *place)
{
    place->line = error->line > 0 ? error->line : 1;
    place->column = error->column > 0 ? error->column : 1;
    snprintf(place->words, sizeof place->words, "%s", error->text);
    for (char *p = place->words; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
}

enum err json_parse(struct span text, struct json **out, struct json_place *place)
{
    json_error_t error;
    const size_t too_deep = find_too_deep(text);

    if (too_deep < text.size) {
        place_too_deep(text, too_deep, place);
        return ERR_BAD_INPUT;
    }
    json_t *raw = json_loadb(text.size ? text.data : "", text.size,
                             JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!raw) {
        place_of_error(&error, place);
        return ERR_BAD_INPUT;
    }
    struct tree *tree = arena_must_alloc(sizeof *tree);
    tree->arena = arena_open(0);
    tree->root.raw = raw;
    add_parts(tree->arena, &tree->root);
    *out = &tree->root;
    return ERR_NONE;
}

void json_close(struct json **root)
{
    struct tree *tree = (struct tree *)*root;

    if (!tree)
        return;
    json_decref(tree->root.raw);
    arena_close(&tree->arena);
    free(tree);
    *root = NULL;
}

enum json_type json_type(const struct json *value)
{
    if (!value)
        return JSON_ABSENT;
    switch (json_typeof(value->raw)) {
    case JANSSON_OBJECT:
        return JSON_OBJECT;
    case JSON_ARRAY:
        return JSON_LIST;
    case JSON_STRING:
        return JSON_TEXT;
    case JSON_INTEGER:
    case JSON_REAL:
        return JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return JSON_BOOL;
    case JANSSON_NULL:
        break;
    }
    return JSON_NULL;
}

const char *json_type_name(enum json_type type)
{
    return (unsigned)type < JSON_TYPES ? type_names[type] : "unknown";
}

const struct json *json_get(const struct json *object, const char *key)
{
    const struct span wanted = span_of(key);

    if (json_type(object) != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (span_is(object->parts[i].key, wanted))
            return &object->parts[i];
    return NULL;
}

size_t json_count(const struct json *list_or_object)
{
    return list_or_object ? list_or_object->count : 0;
}

const struct json *json_at(const struct json *list, size_t index)
{
    return json_type(list) == JSON_LIST && index < list->count ? &list->parts[index] : NULL;
}

const struct json *json_member(const struct json *object, size_t index, struct span *out_key)
{
    if (json_type(object) != JSON_OBJECT || index >= object->count)
        return NULL;
    *out_key = object->parts[index].key;
    return &object->parts[index];
}

struct span json_text(const struct json *value)
{
    if (json_type(value) != JSON_TEXT)
        return (struct span){NULL, 0};
    return (struct span){json_string_value(value->raw), json_string_length(value->raw)};
}

bool json_bool(const struct json *value)
{
    return value && json_typeof(value->raw) == JSON_TRUE;
}

bool json_number(const struct json *value, int64_t min, int64_t max, int64_t *out)
{
    static const double exact = 9007199254740992.0; /* 2^53: whole numbers end to be told apart */
    int64_t n;

    if (json_type(value) != JSON_NUMBER)
        return false;
    if (json_typeof(value->raw) == JSON_REAL) {
        const double real = json_real_value(value->raw);
        if (real != floor(real) || fabs(real) > exact)
            return false;
        n = (int64_t)real;
    } else {
        n = json_integer_value(value->raw);
    }
    if (n < min || n > max)
        return false;
    *out = n;
    return true;
}

struct span json_dump(struct arena *arena, const struct json *value)
{
    char *text = value ? json_dumps(value->raw, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const struct span out = arena_copy(arena, text ? span_of(text) : SPAN("null"));

    free(text);
    return out;
}
