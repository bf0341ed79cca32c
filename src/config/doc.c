#include "config/doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "config/nearest.h"

enum { PATH_MAX_BYTES = 1024, WORDS_SIZE = 448, SHOWN_MAX = 60 };

static const struct doc_node *node_new(struct doc *doc, struct doc_node node)
{
    struct doc_node *n = ARENA_NEW(doc->scratch, struct doc_node);

    *n = node;
    return n;
}

const struct doc_node *doc_open(struct doc *doc, const char *file, struct span text,
                                struct mistakes *mistakes)
{
    struct json_place place;

    *doc = (struct doc){.scratch = arena_open(0), .text = text, .file = file, .mistakes = mistakes};
    if (json_parse(text, &doc->tree, &place) != ERR_NONE) {
        mistakes_add(mistakes, file, place.line, place.column, NULL, "this is no JSON: %s",
                     place.words);
        return NULL;
    }
    return node_new(doc, (struct doc_node){.value = doc->tree});
}

void doc_close(struct doc *doc)
{
    json_close(&doc->tree);
    arena_close(&doc->scratch);
}

static bool needs_quotes(struct span key)
{
    for (size_t i = 0; i < key.size; i++)
        if (key.data[i] == '.' || key.data[i] == '[' || key.data[i] == '"')
            return true;
    return key.size == 0;
}

/* ["a.b"], with a backslash before each quote and backslash. */
static void add_quoted(struct buf *b, struct span key)
{
    buf_add_text(b, "[\"");
    for (size_t i = 0; i < key.size; i++) {
        if (key.data[i] == '"' || key.data[i] == '\\')
            buf_add_char(b, '\\');
        buf_add_char(b, key.data[i]);
    }
    buf_add_text(b, "\"]");
}

static void add_path(struct buf *b, const struct doc_node *node)
{
    if (!node->up)
        return;
    add_path(b, node->up);
    if (!node->key.data)
        buf_printf(b, "[%zu]", node->index);
    else if (needs_quotes(node->key))
        add_quoted(b, node->key);
    else
        buf_printf(b, "%s%.*s", node->up->up ? "." : "", SPAN_ARG(node->key));
}

void doc_mistake(struct doc *doc, const struct doc_node *node, const char *format, ...)
{
    struct buf path = buf_in(doc->scratch, PATH_MAX_BYTES);
    char words[WORDS_SIZE];
    int line = 0, column = 0;
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (doc->mistakes->count < LIMIT_MISTAKES) { /* locating reads the text again */
        add_path(&path, node);
        json_locate(doc->text, buf_span(&path).data, &line, &column);
    }
    mistakes_add(doc->mistakes, doc->file, line, column, buf_span(&path).data, "%s", words);
}

const struct doc_node *doc_item(struct doc *doc, const struct doc_node *node, size_t index)
{
    struct doc_node item = {.up = node, .index = index};

    if (json_type(node->value) == JSON_OBJECT)
        item.value = json_member(node->value, index, &item.key);
    else
        item.value = json_at(node->value, index);
    return node_new(doc, item);
}

size_t doc_count(const struct doc_node *node)
{
    return node ? json_count(node->value) : 0;
}

const struct doc_node *doc_get(struct doc *doc, const struct doc_node *node, const char *key)
{
    const struct json *value = json_get(node->value, key);
    const enum json_type type = json_type(value);

    if (type == JSON_ABSENT || type == JSON_NULL)
        return NULL;
    return node_new(doc, (struct doc_node){.up = node, .value = value, .key = span_of(key)});
}

const struct doc_node *doc_get_any(struct doc *doc, const struct doc_node *node,
                                   const char *const *keys)
{
    const struct doc_node *found = NULL;

    for (; *keys; keys++) {
        const struct doc_node *n = doc_get(doc, node, *keys);
        if (n && found)
            doc_mistake(doc, n, "says the same as \"%.*s\"; keep one of the two",
                        SPAN_ARG(found->key));
        else if (n)
            found = n;
    }
    return found;
}

bool doc_is(struct doc *doc, const struct doc_node *node, enum json_type type, const char *mend)
{
    const enum json_type is = json_type(node->value);

    if (is != type)
        doc_mistake(doc, node, "is %s; give %s", json_type_name(is), mend);
    return is == type;
}

static bool text_fits(struct doc *doc, const struct doc_node *node, size_t max, struct span text)
{
    if (text.size == 0) {
        doc_mistake(doc, node, "is empty; fill it in or leave the key out");
        return false;
    }
    if (text.size > max) {
        doc_mistake(doc, node, "has %zu bytes; %zu are the limit", text.size, max);
        return false;
    }
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 32 || text.data[i] == 127) {
            doc_mistake(doc, node, "has a control character; take it out");
            return false;
        }
    return true;
}

bool doc_text(struct doc *doc, const struct doc_node *node, size_t max, struct span *out)
{
    const struct span text = span_trim(json_text(node->value));

    if (!doc_is(doc, node, JSON_TEXT, "a text in quotes") || !text_fits(doc, node, max, text))
        return false;
    *out = text;
    return true;
}

bool doc_word(struct doc *doc, const struct doc_node *node, size_t max, struct span *out)
{
    int64_t n;

    if (!json_number(node->value, 0, INT64_MAX, &n))
        return doc_text(doc, node, max, out);
    *out = span_of(arena_printf(doc->scratch, "%lld", (long long)n));
    return text_fits(doc, node, max, *out);
}

static struct span shown(struct doc *doc, const struct json *value)
{
    struct span text = json_dump(doc->scratch, value);

    if (text.size > SHOWN_MAX)
        text.size = SHOWN_MAX;
    return text;
}

bool doc_number(struct doc *doc, const struct doc_node *node, int64_t min, int64_t max,
                int64_t *out)
{
    if (json_number(node->value, min, max, out))
        return true;
    const struct span is = shown(doc, node->value);
    doc_mistake(doc, node, "%.*s is no whole number from %lld to %lld", SPAN_ARG(is),
                (long long)min, (long long)max);
    return false;
}

bool doc_bool(struct doc *doc, const struct doc_node *node, bool *out)
{
    if (!doc_is(doc, node, JSON_BOOL, "true or false"))
        return false;
    *out = json_bool(node->value);
    return true;
}

static bool is_one_of(struct span key, const char *const *names)
{
    for (; *names; names++)
        if (span_is_text(key, *names))
            return true;
    return false;
}

/* A foreign key beside the known one that it resembles ("phone2" beside "phone") is meant. */
static const char *misspelt(struct doc *doc, const struct doc_node *node, struct span key,
                            const char *const *known)
{
    for (; *known; known++)
        if (nearest_is(key, span_of(*known)) && !doc_get(doc, node, *known))
            return *known;
    return NULL;
}

static void list_unknown(struct doc *doc, const struct doc_node *item, const char *const *known)
{
    struct nearest nearest = nearest_to(item->key);

    for (const char *const *k = known; *k; k++)
        nearest_show(&nearest, span_of(*k));
    if (nearest.best.data)
        doc_mistake(doc, item, "is no key that is known here; did you mean \"%.*s\"?",
                    SPAN_ARG(nearest.best));
    else
        doc_mistake(doc, item, "is no key that is known here; take it out");
}

void doc_known(struct doc *doc, const struct doc_node *node, const char *const *known, bool strict)
{
    for (size_t i = 0; i < doc_count(node); i++) {
        const struct doc_node *item = doc_item(doc, node, i);

        if (is_one_of(item->key, known))
            continue;
        const char *meant = misspelt(doc, node, item->key, known);
        if (strict)
            list_unknown(doc, item, known);
        else if (meant)
            doc_mistake(doc, item, "looks like a misspelt \"%s\"; write it so, or rename it",
                        meant);
    }
}
