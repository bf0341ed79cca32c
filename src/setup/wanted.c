#include "setup/wanted.h"

#include "codec/url.h"

/* 2 s to connect, 5 s for an answer, tried three times within the carrier's 15 s: a node answers
 * within some milliseconds, and within 150 ms when its database is away. */
const char wanted_overrides[] = "#ct=2000&rt=5000&rc=2&rp=5xx,ct,rt";

enum { ADDRESS_BYTES_MAX = 2048 };

/* clang-format off */
static const struct {
    const char *path;    /* of an address; NULL: it is none */
    const char *method;  /* of an address of ours */
    bool is_voice, is_fallback;
    enum wanted_weight weight;
} rows[NUMBER_FIELDS] = {
    [NUMBER_VOICE_URL]              = {"/webhook/twilio/voice", NULL, true, false, WANTED_BROKEN},
    [NUMBER_VOICE_METHOD]           = {NULL, "POST", true, false, WANTED_BROKEN},
    [NUMBER_VOICE_FALLBACK_URL]     = {"/voice/fallback", NULL, true, true, WANTED_LESS},
    [NUMBER_VOICE_FALLBACK_METHOD]  = {NULL, "POST", true, true, WANTED_LESS},
    [NUMBER_STATUS_CALLBACK]        = {"/webhook/twilio/call-status", NULL, true, false, WANTED_LESS},
    [NUMBER_STATUS_CALLBACK_METHOD] = {NULL, "POST", true, false, WANTED_LESS},
    [NUMBER_SMS_URL]                = {"/sms/inbound", NULL, false, false, WANTED_BROKEN},
    [NUMBER_SMS_METHOD]             = {NULL, "POST", false, false, WANTED_BROKEN},
    [NUMBER_SMS_FALLBACK_URL]       = {"/api/sms/inbound", NULL, false, true, WANTED_LESS},
    [NUMBER_SMS_FALLBACK_METHOD]    = {NULL, "POST", false, true, WANTED_LESS},
    [NUMBER_VOICE_APPLICATION]      = {NULL, NULL, true, false, WANTED_BROKEN},
    [NUMBER_SMS_APPLICATION]        = {NULL, NULL, false, false, WANTED_BROKEN},
};
/* clang-format on */

static bool same_host(const struct url *a, const struct url *b)
{
    return span_is_nocase(a->host, b->host) && span_is(a->port, b->port);
}

bool wanted_is_same_host(struct span url, struct span public_url)
{
    struct url a, b;

    return !url_parse(url, &a) && !url_parse(public_url, &b) && same_host(&a, &b);
}

/* The static fallback that stays or comes; empty: our own is wanted. */
static struct span foreign(const struct wanted *w, const struct number *n, bool is_voice)
{
    const struct span given = is_voice ? w->voice_fallback_url : w->text_fallback_url;
    const struct span is =
        n->fields[is_voice ? NUMBER_VOICE_FALLBACK_URL : NUMBER_SMS_FALLBACK_URL];
    /* Before the first change a fallback belongs to whatever the number pointed to then. */
    const struct span primary = n->fields[is_voice ? NUMBER_VOICE_URL : NUMBER_SMS_URL];

    if (given.size)
        return given;
    return is.size && !wanted_is_same_host(is, w->public_url) &&
                   wanted_is_same_host(primary, w->public_url)
               ? is
               : (struct span){0};
}

/* A static host is asked by GET; one that was there already stays as it is. */
static struct span fallback_method(const struct wanted *w, const struct number *n, bool is_voice)
{
    const struct span given = is_voice ? w->voice_fallback_url : w->text_fallback_url;

    if (given.size)
        return wanted_is_same_host(given, w->public_url) ? SPAN("POST") : SPAN("GET");
    return foreign(w, n, is_voice).size
               ? n->fields[is_voice ? NUMBER_VOICE_FALLBACK_METHOD : NUMBER_SMS_FALLBACK_METHOD]
               : SPAN("POST");
}

static struct span will_be(struct arena *arena, const struct wanted *w, const struct number *n,
                           enum number_field field)
{
    const bool is_voice = rows[field].is_voice;

    if (field == NUMBER_VOICE_APPLICATION || field == NUMBER_SMS_APPLICATION)
        return w->detach ? (struct span){0} : n->fields[field];
    if (!rows[field].path)
        return rows[field].is_fallback ? fallback_method(w, n, is_voice)
                                       : span_of(rows[field].method);
    if (rows[field].is_fallback && foreign(w, n, is_voice).size)
        return foreign(w, n, is_voice);
    return span_of(arena_printf(arena, "%.*s%s%s", SPAN_ARG(w->public_url), rows[field].path,
                                wanted_overrides));
}

size_t wanted_changes(struct arena *arena, const struct wanted *wanted, const struct number *number,
                      struct wanted_change out[NUMBER_FIELDS])
{
    size_t count = 0;

    for (int i = 0; i < NUMBER_FIELDS; i++) {
        const struct span is = number->fields[i];
        if (!(rows[i].is_voice ? number->has_voice : number->has_sms))
            continue;
        const struct span will = will_be(arena, wanted, number, (enum number_field)i);
        if (!span_is(is, will))
            out[count++] = (struct wanted_change){(enum number_field)i, is, will};
    }
    return count;
}

/* Addresses that differ in their overrides alone. */
static bool differ_in_fragment(struct span a, struct span b)
{
    struct span rest;

    return a.size && span_is(span_cut(a, '#', &rest), span_cut(b, '#', &rest));
}

enum wanted_weight wanted_weigh(const struct wanted_change *changes, size_t count)
{
    enum wanted_weight heaviest = WANTED_SAME;

    for (size_t i = 0; i < count; i++) {
        const struct wanted_change *c = &changes[i];
        const enum wanted_weight weight = rows[c->field].path && differ_in_fragment(c->is, c->will)
                                              ? WANTED_LESS
                                              : rows[c->field].weight;
        heaviest = weight > heaviest ? weight : heaviest;
    }
    return heaviest;
}

bool wanted_comes_here(struct arena *arena, struct span public_url, const struct number *n)
{
    const struct wanted wanted = {.public_url = public_url};
    struct wanted_change changes[NUMBER_FIELDS];

    if (n->has_voice && (n->trunk.size || n->fields[NUMBER_VOICE_APPLICATION].size))
        return false;
    if (n->has_sms && (n->service_wins || n->fields[NUMBER_SMS_APPLICATION].size))
        return false;
    return wanted_weigh(changes, wanted_changes(arena, &wanted, n, changes)) != WANTED_BROKEN;
}
