#include "setup/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *form, *json;
} names[NUMBER_FIELDS] = {
    [NUMBER_VOICE_URL]              = {"VoiceUrl",             "voice_url"},
    [NUMBER_VOICE_METHOD]           = {"VoiceMethod",          "voice_method"},
    [NUMBER_VOICE_FALLBACK_URL]     = {"VoiceFallbackUrl",     "voice_fallback_url"},
    [NUMBER_VOICE_FALLBACK_METHOD]  = {"VoiceFallbackMethod",  "voice_fallback_method"},
    [NUMBER_STATUS_CALLBACK]        = {"StatusCallback",       "status_callback"},
    [NUMBER_STATUS_CALLBACK_METHOD] = {"StatusCallbackMethod", "status_callback_method"},
    [NUMBER_SMS_URL]                = {"SmsUrl",               "sms_url"},
    [NUMBER_SMS_METHOD]             = {"SmsMethod",            "sms_method"},
    [NUMBER_SMS_FALLBACK_URL]       = {"SmsFallbackUrl",       "sms_fallback_url"},
    [NUMBER_SMS_FALLBACK_METHOD]    = {"SmsFallbackMethod",    "sms_fallback_method"},
    [NUMBER_VOICE_APPLICATION]      = {"VoiceApplicationSid",  "voice_application_sid"},
    [NUMBER_SMS_APPLICATION]        = {"SmsApplicationSid",    "sms_application_sid"},
};
/* clang-format on */

const char *number_field_name(enum number_field field)
{
    return names[field].form;
}

bool number_field_parse(struct span text, enum number_field *out)
{
    for (int i = 0; i < NUMBER_FIELDS; i++)
        if (span_is_text(text, names[i].form)) {
            *out = (enum number_field)i;
            return true;
        }
    return false;
}

enum number_kind number_kind_of(struct span number)
{
    static const char *const codes[] = {"800", "833", "844", "855", "866", "877", "888"};

    if (number.size < 5 || number.data[0] != '+' || number.data[1] != '1')
        return NUMBER_ABROAD;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (memcmp(number.data + 2, codes[i], 3) == 0)
            return NUMBER_TOLL_FREE;
    return NUMBER_LOCAL;
}

/* A capability that is not told is taken for one that is there. */
static bool can(const struct json *item, const char *what)
{
    const struct json *value = json_get(json_get(item, "capabilities"), what);

    return json_type(value) != JSON_BOOL || json_bool(value);
}

static bool copy(char *to, size_t size, struct span from)
{
    if (from.size == 0 || from.size >= size)
        return false;
    snprintf(to, size, "%.*s", SPAN_ARG(from));
    return true;
}

bool number_parse(struct arena *arena, const struct json *item, struct number *out)
{
    struct number n = {.has_voice = can(item, "voice"), .has_sms = can(item, "sms")};

    if (!copy(n.sid, sizeof n.sid, json_text(json_get(item, "sid"))) ||
        !copy(n.number, sizeof n.number, json_text(json_get(item, "phone_number"))) ||
        n.number[0] != '+')
        return false;
    n.name = arena_copy(arena, json_text(json_get(item, "friendly_name")));
    n.trunk = arena_copy(arena, json_text(json_get(item, "trunk_sid")));
    for (int i = 0; i < NUMBER_FIELDS; i++)
        n.fields[i] = arena_copy(arena, json_text(json_get(item, names[i].json)));
    *out = n;
    return true;
}

struct gathering {
    struct arena *arena;
    struct number_list *list;
    size_t room;
};

static bool gather(void *ctx, const struct json *item)
{
    struct gathering *g = ctx;
    struct number_list *list = g->list;

    if (list->count == g->room) {
        g->room = g->room ? g->room * 2 : 16;
        struct number *items = ARENA_NEW_N(g->arena, struct number, g->room);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
    }
    list->count += number_parse(g->arena, item, &list->items[list->count]);
    if (list->progress && list->count && list->count % NUMBER_PAGE == 0)
        list->progress(list->count);
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct number *x = a, *y = b;

    return strcmp(x->number, y->number);
}

bool number_ask(const struct console *console, struct number_list *out,
                struct console_answer *answer)
{
    struct gathering g = {.arena = console->arena, .list = out};

    *out = (struct number_list){.progress = out->progress};
    const bool good = console_list(
        console, console_url(console, "/IncomingPhoneNumbers.json?PageSize=%d", NUMBER_PAGE),
        "incoming_phone_numbers", gather, &g, answer);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_number);
    return good;
}

struct number *number_find(const struct number_list *list, struct span number)
{
    struct number key = {.sid = ""};

    if (!list->count || !copy(key.number, sizeof key.number, number))
        return NULL;
    return bsearch(&key, list->items, list->count, sizeof key, by_number);
}
