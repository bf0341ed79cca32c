#include "simworld/sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "simhook/sim_cache.h"

struct sim_world *sim_world_open(struct clock *clock, struct http_client *client, uint64_t seed)
{
    struct sim_world *w = arena_must_alloc(sizeof *w);

    w->clock = clock;
    w->client = client;
    w->agenda = sim_agenda_open();
    w->cache = sim_cache_open();
    w->arena = arena_open(0);
    w->note_arena = arena_open(0);
    w->dice = dice_from(seed);
    w->seed = seed;
    w->call_rate = 1;
    return w;
}

static void text_free(struct sim_text *t)
{
    free((char *)(uintptr_t)t->body);
    free((char *)(uintptr_t)t->callback);
    for (size_t i = 0; i < t->media_count; i++) {
        free((char *)(uintptr_t)t->media[i].url);
        free(t->media[i].bytes);
        arena_close(&t->media[i].fetch);
    }
    free(t->media);
    free(t);
}

static void shelves_free(struct sim_account *a)
{
    free(a->keys.rows);
    free(a->numbers.rows);
    free(a->applications.rows);
    free(a->caller_ids.rows);
}

void sim_world_close(struct sim_world **world)
{
    struct sim_world *w = *world;

    if (!w)
        return;
    for (size_t i = 0; i < w->phone_count; i++)
        free(w->phones[i]);
    for (size_t i = 0; i < w->text_count; i++)
        text_free(w->texts[i]);
    for (size_t i = 0; i < w->leg_count; i++) {
        arena_close(&w->legs[i]->arena);
        sim_jar_done(&w->legs[i]->jar);
        free(w->legs[i]);
    }
    for (size_t i = 0; i < SIM_NOTES_MAX; i++)
        free(w->notes[i].json);
    for (size_t i = 0; i < SIM_WARNINGS_MAX; i++)
        free(w->warnings[i].json);
    sim_notice_close(&w->notices);
    free(w->phones);
    free(w->texts);
    free(w->legs);
    free(w->media);
    free(w->opt_outs);
    sim_jars_done(&w->pairs);
    for (size_t i = 0; i < w->account_count; i++)
        shelves_free(&w->accounts[i]);
    arena_close(&w->arena);
    arena_close(&w->note_arena);
    sim_agenda_close(&w->agenda);
    sim_cache_close(&w->cache);
    free(w);
    *world = NULL;
}

int64_t sim_world_now(const struct sim_world *w)
{
    return clock_now_ms(w->clock);
}

void sim_world_sid(struct sim_world *w, const char prefix[2], uint32_t index,
                   char out[LIMIT_SID_SIZE])
{
    snprintf(out, LIMIT_SID_SIZE, "%.2s%08x%08x%08x%08x", prefix, dice_throw(&w->dice, UINT32_MAX),
             dice_throw(&w->dice, UINT32_MAX), dice_throw(&w->dice, UINT32_MAX), index);
}

void sim_world_uuid(struct sim_world *w, char out[37])
{
    const uint32_t a = dice_throw(&w->dice, UINT32_MAX), b = dice_throw(&w->dice, UINT32_MAX);
    const uint32_t c = dice_throw(&w->dice, UINT32_MAX), d = dice_throw(&w->dice, UINT32_MAX);

    snprintf(out, 37, "%08x-%04x-4%03x-8%03x-%04x%08x", a, b >> 16, b & 0xfff, c >> 20, c & 0xffff,
             d);
}

struct sim_account *sim_world_account(struct sim_world *w, struct span sid)
{
    for (size_t i = 0; i < w->account_count; i++)
        if (span_is_text(sid, w->accounts[i].sid))
            return &w->accounts[i];
    return NULL;
}

struct sim_number *sim_world_number(const struct sim_account *account, struct span number)
{
    for (size_t i = 0; i < account->numbers.count; i++) {
        struct sim_number *n = account->numbers.rows[i];
        if (span_is_text(number, n->phone_number))
            return n;
    }
    return NULL;
}

struct sim_account *sim_world_owner(struct sim_world *w, struct span number,
                                    struct sim_number **out_number)
{
    struct span domain;
    const bool sip = span_starts(number, SPAN("sip:"));
    const struct span user = sip ? span_cut(span_skip(number, 4), '@', &domain) : number;

    for (size_t i = 0; i < w->account_count; i++) {
        struct sim_number *found = sim_world_number(&w->accounts[i], user);
        if (found && w->accounts[i].standing == SIM_ACTIVE) {
            *out_number = found;
            return &w->accounts[i];
        }
    }
    return NULL;
}

struct sim_phone *sim_world_phone(struct sim_world *w, struct span number)
{
    for (size_t i = 0; i < w->phone_count; i++)
        if (span_is_text(number, w->phones[i]->number))
            return w->phones[i];
    return NULL;
}

/* A SID's last eight digits are its place in the list, so that nothing is searched. */
static bool place_of(struct span sid, size_t count, size_t *out)
{
    char digits[9] = {0};
    char *end = NULL;

    if (sid.size != 34)
        return false;
    memcpy(digits, sid.data + 26, 8);
    *out = strtoul(digits, &end, 16);
    return *end == 0 && *out < count;
}

struct sim_text *sim_world_text(struct sim_world *w, struct span sid)
{
    size_t i = 0;

    if (!place_of(sid, w->text_count, &i) || !span_is_text(sid, w->texts[i]->sid))
        return NULL;
    return w->texts[i]->deleted ? NULL : w->texts[i];
}

struct sim_leg *sim_world_leg(struct sim_world *w, struct span sid)
{
    size_t i = 0;

    if (!place_of(sid, w->leg_count, &i) || !span_is_text(sid, w->legs[i]->sid))
        return NULL;
    return w->legs[i]->deleted ? NULL : w->legs[i];
}

struct sim_media *sim_world_media(struct sim_world *w, struct span name)
{
    size_t i = 0;

    if (!place_of(name, w->media_count, &i))
        return NULL;
    struct sim_media *m = w->media[i];
    const bool same = span_is_text(name, m->sid) || span_is_text(name, m->key);
    return same && !m->deleted && !m->text->deleted ? m : NULL;
}

struct sim_recording *sim_world_recording_made(struct sim_leg *leg)
{
    struct sim_world *w = leg->world;
    struct sim_recording *r = ARENA_NEW(leg->arena, struct sim_recording);

    r->leg = leg;
    sim_world_sid(w, "RE", w->recording_count++, r->sid);
    r->next = w->recordings;
    w->recordings = r;
    return r;
}

/* Makes room for one more in a list of pointers. */
static void *more(void *list, size_t count, size_t *room, size_t item_size)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 64;
    return arena_must_grow(list, *room * item_size);
}

struct sim_phone *sim_world_phone_made(struct sim_world *w, struct span number)
{
    struct sim_phone *p = sim_world_phone(w, number);

    if (p)
        return p;
    if (w->phone_count == SIM_PHONES_MAX || number.size >= sizeof p->number || !number.size)
        return NULL;
    w->phones = more(w->phones, w->phone_count, &w->phone_room, sizeof(struct sim_phone *));
    p = w->phones[w->phone_count++] = arena_must_alloc(sizeof *p);
    sim_world_copy(p->number, sizeof p->number, number);
    return p;
}

struct sim_text *sim_world_text_made(struct sim_world *w, const char prefix[2])
{
    if (w->text_count == SIM_TEXTS_MAX)
        return NULL;
    w->texts = more(w->texts, w->text_count, &w->text_room, sizeof(struct sim_text *));
    struct sim_text *t = arena_must_alloc(sizeof *t);
    sim_world_sid(w, prefix, (uint32_t)w->text_count, t->sid);
    t->world = w;
    t->created_ms = t->updated_ms = sim_world_now(w);
    w->texts[w->text_count++] = t;
    return t;
}

void sim_world_media_add(struct sim_world *w, struct sim_media *m)
{
    w->media = more(w->media, w->media_count, &w->media_room, sizeof(struct sim_media *));
    sim_world_sid(w, "ME", (uint32_t)w->media_count, m->sid);
    sim_world_sid(w, "mk", (uint32_t)w->media_count, m->key);
    w->media[w->media_count++] = m;
}

struct sim_leg *sim_world_leg_made(struct sim_world *w)
{
    if (w->leg_count == SIM_LEGS_MAX)
        return NULL;
    w->legs = more(w->legs, w->leg_count, &w->leg_room, sizeof(struct sim_leg *));
    struct sim_leg *leg = arena_must_alloc(sizeof *leg);
    sim_world_sid(w, "CA", (uint32_t)w->leg_count, leg->sid);
    leg->world = w;
    leg->arena = arena_open(1024);
    leg->heard_end = &leg->heard;
    leg->created_ms = sim_world_now(w);
    w->legs[w->leg_count++] = leg;
    return leg;
}

static struct sim_opt_out *opt_out_find(const struct sim_world *w, const char *number,
                                        const char *phone)
{
    for (size_t i = 0; i < w->opt_out_count; i++)
        if (!strcmp(w->opt_outs[i].number, number) && !strcmp(w->opt_outs[i].phone, phone))
            return &w->opt_outs[i];
    return NULL;
}

bool sim_world_opted_out(const struct sim_world *w, const char *number, const char *phone)
{
    return opt_out_find(w, number, phone) != NULL;
}

void sim_world_opt(struct sim_world *w, const char *number, const char *phone, bool out)
{
    struct sim_opt_out *found = opt_out_find(w, number, phone);

    if (found && !out) {
        *found = w->opt_outs[--w->opt_out_count];
        return;
    }
    if (found || !out || w->opt_out_count == SIM_OPT_OUTS_MAX)
        return;
    w->opt_outs = more(w->opt_outs, w->opt_out_count, &w->opt_out_room, sizeof *w->opt_outs);
    found = &w->opt_outs[w->opt_out_count++];
    sim_world_copy(found->number, sizeof found->number, span_of(number));
    sim_world_copy(found->phone, sizeof found->phone, span_of(phone));
}

/* clang-format off */
static const char *const call_states[SIM_CALL_STATES] = {
    [SIM_QUEUED] = "queued", [SIM_INITIATED] = "initiated", [SIM_RINGING] = "ringing",
    [SIM_IN_PROGRESS] = "in-progress", [SIM_COMPLETED] = "completed", [SIM_BUSY] = "busy",
    [SIM_NO_ANSWER] = "no-answer", [SIM_FAILED] = "failed", [SIM_CANCELED] = "canceled",
};
static const char *const text_states[SIM_TEXT_STATES] = {
    [SIM_TEXT_SCHEDULED] = "scheduled", [SIM_TEXT_ACCEPTED] = "accepted",
    [SIM_TEXT_QUEUED] = "queued", [SIM_TEXT_SENDING] = "sending",
    [SIM_TEXT_SENT] = "sent", [SIM_TEXT_DELIVERED] = "delivered",
    [SIM_TEXT_UNDELIVERED] = "undelivered", [SIM_TEXT_FAILED] = "failed",
    [SIM_TEXT_CANCELED] = "canceled", [SIM_TEXT_RECEIVED] = "received",
};
static const char *const directions[SIM_DIRECTIONS] = {
    [SIM_INBOUND] = "inbound", [SIM_OUTBOUND_API] = "outbound-api",
    [SIM_OUTBOUND_DIAL] = "outbound-dial", [SIM_OUTBOUND_REPLY] = "outbound-reply",
    [SIM_OUTBOUND_CALL] = "outbound-call",
};
static const char *const manners[SIM_MANNERS] = {
    [SIM_IGNORE] = "ignore", [SIM_ANSWER] = "answer", [SIM_VOICEMAIL] = "voicemail",
    [SIM_SCREENING] = "screening", [SIM_BUSY_TONE] = "busy", [SIM_DECLINE] = "decline",
    [SIM_UNAVAILABLE] = "unavailable", [SIM_OUT_OF_REACH] = "unreachable",
    [SIM_HAND] = "hand",
};
/* clang-format on */

const char *sim_call_state_name(enum sim_call_state state)
{
    return call_states[state];
}

const char *sim_text_state_name(enum sim_text_state state)
{
    return text_states[state];
}

const char *sim_direction_name(enum sim_direction direction)
{
    return directions[direction];
}

const char *sim_manner_name(enum sim_manner manner)
{
    return manners[manner];
}

void sim_world_copy(char *out, size_t room, struct span text)
{
    const size_t size = text.size < room ? text.size : room - 1;

    CHECK(room > 0);
    if (size)
        memcpy(out, text.data, size);
    out[size] = 0;
}
