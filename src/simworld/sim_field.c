#include "simworld/sim_field.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/url.h"

enum { BAD_PARAMETER = 20001 };

static const char **text_at(const struct sim_field *f, void *row)
{
    return (const char **)(void *)((char *)row + f->offset);
}

static bool *bool_at(const struct sim_field *f, void *row)
{
    return (bool *)(void *)((char *)row + f->offset);
}

static int64_t *number_at(const struct sim_field *f, void *row)
{
    return (int64_t *)(void *)((char *)row + f->offset);
}

static const char *default_of(const struct sim_field *f)
{
    return f->otherwise ? f->otherwise : "";
}

static bool is_true(struct span text)
{
    return span_is_nocase(text, SPAN("true"));
}

static int64_t number_of(const struct sim_field *f, struct span text)
{
    int64_t n = 0;

    (void)span_number(text, f->min, f->max, &n);
    return n;
}

/* The word as the list spells it; empty when it is not on it. */
static struct span word_of(struct span word, const char *words)
{
    struct span rest = span_of(words);

    while (rest.size) {
        const struct span one = span_cut(rest, ' ', &rest);
        if (span_is_nocase(one, word))
            return one;
    }
    return (struct span){NULL, 0};
}

static bool is_word_of(struct span word, const char *words)
{
    return word_of(word, words).size > 0;
}

static const char *words_of(const struct sim_field *f)
{
    return f->kind == SIM_FIELD_METHOD ? "GET POST" : f->kind == SIM_FIELD_WORD ? f->words : NULL;
}

static void put(const struct sim_field *f, void *row, struct arena *keep, struct span value)
{
    const struct span to = value.size ? value : span_of(default_of(f));

    if (f->kind == SIM_FIELD_BOOL)
        *bool_at(f, row) = is_true(to);
    else if (f->kind == SIM_FIELD_NUMBER)
        *number_at(f, row) = number_of(f, to);
    else if (!value.size)
        *text_at(f, row) = default_of(f);
    else if (words_of(f))
        *text_at(f, row) = arena_text(keep, word_of(value, words_of(f)));
    else if (!span_is_text(value, *text_at(f, row)))
        *text_at(f, row) = arena_text(keep, value);
}

void sim_field_init(const struct sim_field *fields, void *row)
{
    for (const struct sim_field *f = fields; f->key; f++)
        put(f, row, NULL, (struct span){NULL, 0});
}

/* What is wrong with a value, or NULL. */
static const char *judge(const struct sim_field *f, struct span v)
{
    struct url u;
    int64_t n;

    if (!v.size)
        return NULL;
    switch (f->kind) {
    case SIM_FIELD_TEXT:
        return f->max && utf8_count(v) > (size_t)f->max ? "it is too long" : NULL;
    case SIM_FIELD_URL:
        return url_parse(v, &u) ? "it is no absolute http or https address" : NULL;
    case SIM_FIELD_METHOD:
        return is_word_of(v, words_of(f)) ? NULL : "it is GET or POST";
    case SIM_FIELD_WORD:
        return is_word_of(v, f->words) ? NULL : "it is none of the words allowed";
    case SIM_FIELD_SID:
        return v.size == 34 && span_starts(v, span_of(f->words)) ? NULL : "it is no SID for this";
    case SIM_FIELD_BOOL:
        return is_word_of(v, "true false") ? NULL : "it is true or false";
    case SIM_FIELD_NUMBER:
        return span_number(v, f->min, f->max, &n) ? NULL : "it is out of range";
    case SIM_FIELD_KINDS:
        break;
    }
    return NULL;
}

static bool refuse(const struct sim_field *f, const char *name, struct span value, const char *why,
                   struct sim_field_mistake *out)
{
    out->code = f->code ? f->code : BAD_PARAMETER;
    snprintf(out->words, sizeof out->words, "%s is not valid: %.*s: %s", name,
             value.size < 80 ? (int)value.size : 80, value.data ? value.data : "", why);
    return false;
}

bool sim_field_take(const struct sim_field *fields, const struct form *form, struct arena *keep,
                    void *row, struct sim_field_mistake *out)
{
    for (const struct sim_field *f = fields; f->key; f++) {
        const struct span value = f->param ? form_get(form, f->param) : (struct span){NULL, 0};
        const char *why = judge(f, value);
        if (why)
            return refuse(f, f->param, value, why, out);
    }
    for (const struct sim_field *f = fields; f->key; f++)
        if (f->param && form_count(form, f->param))
            put(f, row, keep, form_get(form, f->param));
    return true;
}

/* A member's value as a form would have it; false for a list or an object. */
static bool spelled(const struct json *value, char number[24], struct span *out)
{
    int64_t n;

    *out = json_type(value) == JSON_BOOL ? span_of(json_bool(value) ? "true" : "false")
                                         : json_text(value);
    if (json_type(value) == JSON_NUMBER) {
        if (!json_number(value, INT64_MIN, INT64_MAX, &n))
            return false;
        snprintf(number, 24, "%lld", (long long)n);
        *out = span_of(number);
    }
    return json_type(value) != JSON_LIST && json_type(value) != JSON_OBJECT;
}

bool sim_field_take_json(const struct sim_field *fields, const struct json *object,
                         struct arena *keep, void *row, struct sim_field_mistake *out)
{
    for (const struct sim_field *f = fields; f->key; f++) {
        const struct json *member = json_get(object, f->key);
        char digits[24];
        struct span value;
        const bool plain = spelled(member, digits, &value);
        const char *why = plain ? judge(f, value) : "it is no text, number or bool";
        if (why)
            return refuse(f, f->key, value, why, out);
    }
    for (const struct sim_field *f = fields; f->key; f++) {
        const struct json *member = json_get(object, f->key);
        char digits[24];
        struct span value;
        if (spelled(member, digits, &value) && json_type(member) != JSON_ABSENT)
            put(f, row, keep, value);
    }
    return true;
}

void sim_field_shape(const struct sim_field *fields, const void *row, struct json_out *o)
{
    void *r = (void *)(uintptr_t)row;

    for (const struct sim_field *f = fields; f->key; f++) {
        if (f->kind == SIM_FIELD_BOOL) {
            json_out_bool(o, f->key, *bool_at(f, r));
            continue;
        }
        if (f->kind == SIM_FIELD_NUMBER) {
            json_out_number(o, f->key, *number_at(f, r));
            continue;
        }
        const char *text = *text_at(f, r);
        if (f->kind == SIM_FIELD_SID && !text[0])
            json_out_null(o, f->key);
        else
            json_out_text(o, f->key, span_of(text));
    }
}
