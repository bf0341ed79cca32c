#include "simsetup/sim_setup_reader.h"

#include <stdarg.h>
#include <stdio.h>

static const int64_t week_ms = INT64_C(7) * 24 * 3600 * 1000;

void sim_setup_reader_wrong(struct sim_setup_reader *r, const char *format, ...)
{
    va_list args;

    if (r->words[0])
        return;
    va_start(args, format);
    vsnprintf(r->words, SIM_SETUP_WORDS, format, args);
    va_end(args);
}

bool sim_setup_reader_is_word_of(struct span word, const char *words)
{
    struct span rest = span_of(words);

    while (rest.size)
        if (span_is(span_cut(rest, ' ', &rest), word))
            return true;
    return false;
}

void sim_setup_reader_keys(struct sim_setup_reader *r, const struct json *object, const char *keys)
{
    if (json_type(object) != JSON_OBJECT) {
        sim_setup_reader_wrong(r, "an object with %s is expected, not %s", keys,
                               json_type_name(json_type(object)));
        return;
    }
    for (size_t i = 0; i < json_count(object); i++) {
        struct span key;
        json_member(object, i, &key);
        if (!sim_setup_reader_is_word_of(key, keys))
            sim_setup_reader_wrong(r, "\"%.*s\" is unknown; known are: %s", SPAN_ARG(key), keys);
    }
}

void sim_setup_reader_text_into(struct sim_setup_reader *r, const struct json *object,
                                const char *key, char *out, size_t room)
{
    const struct json *value = json_get(object, key);
    const struct span text = json_text(value);

    if (json_type(value) != JSON_ABSENT && json_type(value) != JSON_TEXT)
        sim_setup_reader_wrong(r, "%s is %s, not a text", key, json_type_name(json_type(value)));
    else if (text.size >= room)
        sim_setup_reader_wrong(r, "%s is longer than %zu bytes", key, room - 1);
    else
        sim_world_copy(out, room, text);
}

int64_t sim_setup_reader_ms(struct sim_setup_reader *r, const struct json *object, const char *key,
                            int64_t otherwise)
{
    const struct json *value = json_get(object, key);
    int64_t n = otherwise;

    if (json_type(value) != JSON_ABSENT && !json_number(value, 0, week_ms, &n))
        sim_setup_reader_wrong(r, "%s is not a number of milliseconds up to a week", key);
    return n;
}

const struct json *sim_setup_reader_list(struct sim_setup_reader *r, const struct json *object,
                                         const char *key, size_t max)
{
    const struct json *list = json_get(object, key);

    if (json_type(list) == JSON_ABSENT)
        return NULL;
    if (json_type(list) != JSON_LIST)
        sim_setup_reader_wrong(r, "%s is %s, not a list", key, json_type_name(json_type(list)));
    else if (json_count(list) > max)
        sim_setup_reader_wrong(r, "%s has more than %zu members", key, max);
    return r->words[0] ? NULL : list;
}

const char *sim_setup_reader_word(struct sim_setup_reader *r, const struct json *j, const char *key,
                                  const char *words)
{
    const struct span word = json_text(json_get(j, key));

    if (json_type(json_get(j, key)) == JSON_ABSENT)
        return NULL;
    if (!sim_setup_reader_is_word_of(word, words))
        sim_setup_reader_wrong(r, "%s \"%.*s\" is none of %s", key, SPAN_ARG(word), words);
    return arena_text(r->world->arena, word);
}

int64_t sim_setup_reader_count(struct sim_setup_reader *r, const struct json *object,
                               const char *key, int64_t max)
{
    int64_t n = 0;

    if (json_type(json_get(object, key)) != JSON_ABSENT &&
        !json_number(json_get(object, key), 1, max, &n))
        sim_setup_reader_wrong(r, "%s is not a number from 1 to %lld", key, (long long)max);
    return n;
}

const char *sim_setup_reader_known(struct sim_setup_reader *r, const char *first,
                                   const struct sim_field *fields)
{
    struct buf b = buf_in(r->arena, 2048);

    buf_add_text(&b, first);
    for (const struct sim_field *f = fields; f->key; f++)
        buf_printf(&b, " %s", f->key);
    return arena_text(r->arena, buf_span(&b));
}

void sim_setup_reader_fields(struct sim_setup_reader *r, const struct json *j,
                             const struct sim_field *fields, void *out)
{
    struct sim_field_mistake mistake;

    if (!sim_field_take_json(fields, j, r->world->arena, out, &mistake))
        sim_setup_reader_wrong(r, "%s", mistake.words);
}

const char *sim_setup_reader_text(struct sim_setup_reader *r, const struct json *object,
                                  const char *key)
{
    const struct json *value = json_get(object, key);

    if (json_type(value) == JSON_ABSENT)
        return NULL;
    if (json_type(value) != JSON_TEXT)
        sim_setup_reader_wrong(r, "%s is %s, not a text", key, json_type_name(json_type(value)));
    return arena_text(r->world->arena, json_text(value));
}
