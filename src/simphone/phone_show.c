#include "simphone/phone_show.h"

#include <stdio.h>

#include "base/terminal.h"
#include "codec/timestamp.h"

enum { CALLS_SHOWN = 10, TEXTS_SHOWN = 20, OUT_BYTES_MAX = 64 << 20 };

static void put_text(const struct json *object, const char *key)
{
    terminal_put(stdout, json_text(json_get(object, key)));
}

static int64_t number_in(const struct json *object, const char *key)
{
    int64_t n = 0;

    (void)json_number(json_get(object, key), INT64_MIN, INT64_MAX, &n);
    return n;
}

static void put_time(int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(at_ms, at); /* 2026-11-23T18:05:00.000Z */
    printf("%.8s", at + 11);
}

static void put_flags(const struct json *phone)
{
    static const char *const flags[] = {"held",   "scripted",    "voicemail", "screening",
                                        "silent", "unreachable", "landline"};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (json_bool(json_get(phone, flags[i])))
            printf("  %s", flags[i]);
}

static void put_phone(const struct json *phone)
{
    put_text(phone, "number");
    fputs("  ", stdout);
    put_text(phone, "name");
    put_flags(phone);
    putchar('\n');
}

void phone_show_list(const struct json *state)
{
    const struct json *phones = json_get(state, "phones");

    for (size_t i = 0; i < json_count(phones); i++)
        put_phone(json_at(phones, i));
}

static bool is_of(const struct json *thing, struct span number)
{
    return span_is(json_text(json_get(thing, "phone")), number);
}

/* The place of the `wanted`-last of this phone's in the list, or 0. */
static size_t start_of(const struct json *list, struct span number, size_t wanted)
{
    size_t i = json_count(list);

    while (i > 0 && wanted > 0)
        wanted -= is_of(json_at(list, --i), number);
    return i;
}

static void put_call(const struct json *call)
{
    const struct json *said = json_get(call, "said");
    static const struct {
        const char *by, *words;
    } verbs[] = {{"line", "hears"}, {"party", "says"}, {"keys", "presses"}, {"other", "is told"}};

    put_time(number_in(call, "began_ms"));
    printf("  call %s ", json_bool(json_get(call, "placed")) ? "to" : "from");
    put_text(call, "other");
    fputs(": ", stdout);
    put_text(call, "state");
    if (json_text(json_get(call, "kept_by")).size) {
        fputs(", ", stdout);
        put_text(call, "kept_by");
    }
    fputs("  ", stdout);
    put_text(call, "sid");
    putchar('\n');
    for (size_t i = 0; i < json_count(said); i++) {
        const struct json *line = json_at(said, i);
        printf("          ");
        for (size_t k = 0; k < sizeof verbs / sizeof verbs[0]; k++)
            if (span_is_text(json_text(json_get(line, "by")), verbs[k].by))
                printf("%s ", verbs[k].words);
        put_text(line, "words");
        putchar('\n');
    }
}

static void put_message(const struct json *text)
{
    const size_t media = json_count(json_get(text, "media"));

    put_time(number_in(text, "at_ms"));
    printf("  text %s ", json_bool(json_get(text, "placed")) ? "to" : "from");
    put_text(text, "other");
    fputs(": ", stdout);
    put_text(text, "body");
    if (media)
        printf(" [%zu media]", media);
    fputs("  ", stdout);
    put_text(text, "state");
    if (number_in(text, "error"))
        printf(" %lld", (long long)number_in(text, "error"));
    putchar('\n');
}

static const struct json *phone_in(const struct json *state, struct span number)
{
    const struct json *phones = json_get(state, "phones");

    for (size_t i = 0; i < json_count(phones); i++)
        if (span_is(json_text(json_get(json_at(phones, i), "number")), number))
            return json_at(phones, i);
    return NULL;
}

bool phone_show_knows(const struct json *state, struct span number)
{
    return phone_in(state, number) != NULL;
}

void phone_show_one(const struct json *state, struct span number)
{
    const struct json *calls = json_get(state, "calls"), *texts = json_get(state, "texts");

    if (phone_in(state, number))
        put_phone(phone_in(state, number));
    for (size_t i = start_of(calls, number, CALLS_SHOWN); i < json_count(calls); i++)
        if (is_of(json_at(calls, i), number))
            put_call(json_at(calls, i));
    for (size_t i = start_of(texts, number, TEXTS_SHOWN); i < json_count(texts); i++)
        if (is_of(json_at(texts, i), number))
            put_message(json_at(texts, i));
}

static void out_list(struct arena *arena, struct json_out *o, const struct json *state,
                     const char *key, struct span number)
{
    const struct json *list = json_get(state, key);

    json_out_list(o, key);
    for (size_t i = 0; i < json_count(list); i++)
        if (is_of(json_at(list, i), number))
            json_out_raw(o, NULL, json_dump(arena, json_at(list, i)));
    json_out_end_list(o);
}

void phone_show_json(struct arena *arena, const struct json *state, struct span number)
{
    struct buf b = buf_in(arena, OUT_BYTES_MAX);
    struct json_out o = json_out(&b);
    const struct json *phone = phone_in(state, number);

    json_out_object(&o, NULL);
    if (phone)
        json_out_raw(&o, "phone", json_dump(arena, phone));
    else
        json_out_null(&o, "phone");
    out_list(arena, &o, state, "calls", number);
    out_list(arena, &o, state, "texts", number);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&b)));
}
