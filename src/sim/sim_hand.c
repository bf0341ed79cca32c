#include "sim/sim_hand.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "sim/sim_order.h"
#include "simtext/sim_inbox.h"
#include "simvoice/sim_call.h"
#include "simvoice/sim_phone.h"
#include "simworld/sim_note.h"
#include "simworld/sim_noun_room.h"

enum {
    OK = 200,
    WRONG = 400,
    MISSING = 404,
    FULL = 429,
    CONFIDENCE = 90, /* of what is said, in percent */
    KEYS_MAX = 32,
    WORDS_MAX = 2000, /* bytes of what is said at once */
    VOICEMAIL_AFTER_S = 20,
    VOICEMAIL_AFTER_MAX_S = 120,
};

struct act {
    const struct sim_hand_order *order;
    struct sim_phone *phone;
    struct buf *out;
    char *words;
};

__attribute__((format(printf, 3, 4))) static int refuse(struct act *a, int status,
                                                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(a->words, SIM_SETUP_WORDS, format, args);
    va_end(args);
    return status;
}

static struct span text_of(const struct act *a, const char *key)
{
    return json_text(json_get(a->order->body, key));
}

static int answer_sid(struct act *a, const char *sid)
{
    struct json_out o = json_out(a->out);

    json_out_object(&o, NULL);
    json_out_text(&o, "sid", span_of(sid));
    json_out_end_object(&o);
    return OK;
}

static int answer_nothing(struct act *a)
{
    buf_add_text(a->out, "{}");
    return OK;
}

/* A number as people write it, in full. */
static bool read_number(struct span given, char out[LIMIT_PARTY_SIZE])
{
    char number[PHONE_TEXT_SIZE];

    if (given.size < LIMIT_PARTY_SIZE &&
        (span_starts(given, SPAN("sip:")) || span_starts(given, SPAN("client:")))) {
        sim_world_copy(out, LIMIT_PARTY_SIZE, given);
        return true;
    }
    if (phone_parse(given.data, given.size, "US", number) != PHONE_GOOD)
        return false;
    sim_world_copy(out, LIMIT_PARTY_SIZE, span_of(number));
    return true;
}

/* ---- calls ---- */

static int do_call(struct act *a)
{
    struct sim_call_plan plan = {.hang_up_ms = -1, .behaviour.manner = SIM_ANSWER};
    char to[LIMIT_PARTY_SIZE];
    struct sim_leg *leg = NULL;

    if (!read_number(text_of(a, "to"), to))
        return refuse(a, WRONG, "to \"%.*s\" is no number", SPAN_ARG(text_of(a, "to")));
    plan.behaviour.hang_up_ms = -1;
    const enum err e =
        sim_call_place(a->order->world, span_of(a->phone->number), span_of(to), &plan, &leg);
    if (e == ERR_NOT_FOUND)
        return refuse(a, WRONG, "%s is no line of an account", to);
    if (e)
        return refuse(a, FULL, "there are too many calls");
    if (sim_leg_is_over(leg))
        sim_note(a->order->world, "call", "%s has no voice_url, so no server takes its calls", to);
    return answer_sid(a, leg->sid);
}

enum wanted { RINGING, UP, LIVE };

static bool fits(const struct sim_leg *leg, enum wanted wanted)
{
    const bool rings = leg->state == SIM_RINGING && leg->direction != SIM_INBOUND;

    switch (wanted) {
    case RINGING:
        return rings || sim_phone_is_asking(leg);
    case UP:
        return leg->state == SIM_IN_PROGRESS;
    case LIVE:
        break;
    }
    return !sim_leg_is_over(leg);
}

/* The call named in the body, or else the newest that fits; NULL has been refused. */
static struct sim_leg *call_of(struct act *a, enum wanted wanted)
{
    static const char *const kinds[] = {"that rings", "that is up", "going on"};
    struct sim_world *w = a->order->world;
    const struct span sid = text_of(a, "call");

    for (size_t i = w->leg_count; i > 0; i--) {
        struct sim_leg *leg = w->legs[i - 1];
        if (leg->phone == a->phone && (!sid.size || span_is_text(sid, leg->sid)) &&
            fits(leg, wanted))
            return leg;
    }
    (void)refuse(a, MISSING, "%s has no call %s", a->phone->number, kinds[wanted]);
    return NULL;
}

static int do_answer(struct act *a)
{
    struct sim_leg *leg = call_of(a, RINGING);

    if (!leg)
        return MISSING;
    sim_phone_answer(leg);
    return answer_sid(a, leg->sid);
}

static int do_decline(struct act *a)
{
    struct sim_leg *leg = call_of(a, RINGING);

    if (!leg)
        return MISSING;
    sim_phone_decline(leg);
    return answer_sid(a, leg->sid);
}

static int do_hang_up(struct act *a)
{
    struct sim_leg *leg = call_of(a, LIVE);

    if (!leg)
        return MISSING;
    sim_phone_hang_up(leg);
    return answer_sid(a, leg->sid);
}

static int do_press(struct act *a)
{
    const struct span keys = text_of(a, "keys");
    struct sim_leg *leg = call_of(a, UP);

    if (!leg)
        return MISSING;
    if (!sim_order_are_keys(keys))
        return refuse(a, WRONG, "keys are 0-9 * # A-D");
    if (!keys.size || keys.size > KEYS_MAX)
        return refuse(a, WRONG, "keys: 1 to %d at once", KEYS_MAX);
    for (size_t i = 0; i < keys.size; i++)
        sim_leg_press(leg, keys.data[i]);
    return answer_sid(a, leg->sid);
}

/* Whoever is in the same conference hears it, unless one of the two is apart; the leg that the
 * speaker is joined to has heard it already. */
static void tell_conference(struct sim_conference *c, const struct sim_leg *speaker,
                            struct span words)
{
    const struct sim_participant *from = c->participants;

    while (from && from->leg != speaker)
        from = from->next;
    if (!from || from->muted || from->hold || c->state != SIM_CONFERENCE_IN_PROGRESS)
        return;
    for (struct sim_participant *p = c->participants; p; p = p->next)
        if (p != from && !p->hold && p->leg != speaker->joined_to)
            sim_leg_overhear(p->leg, words);
}

static int do_say(struct act *a)
{
    const struct span words = span_trim(text_of(a, "words"));
    struct sim_leg *leg = call_of(a, UP);

    if (!leg)
        return MISSING;
    if (!words.size || words.size > WORDS_MAX)
        return refuse(a, WRONG, "words: 1 to %d bytes at once", WORDS_MAX);
    sim_leg_speak(leg, words, CONFIDENCE);
    for (struct sim_conference *c = leg->world->conferences; c; c = c->next)
        tell_conference(c, leg, words);
    return answer_sid(a, leg->sid);
}

/* ---- texts ---- */

static int do_text(struct act *a)
{
    struct sim_text_draft d;
    struct sim_text *text = NULL;
    char to[LIMIT_PARTY_SIZE];

    if (sim_order_text(a->order->arena, a->order->body, &d, a->words))
        return WRONG;
    if (!d.body.size && !d.media_count)
        return refuse(a, WRONG, "a text needs words or a picture");
    if (!read_number(d.to, to))
        return refuse(a, WRONG, "to \"%.*s\" is no number", SPAN_ARG(d.to));
    d.from = span_of(a->phone->number);
    d.to = span_of(to);
    const enum err e = sim_inbox_receive(a->order->world, &d, &text);
    if (e == ERR_NOT_FOUND)
        return refuse(a, WRONG, "%s is no line of an account", to);
    if (e)
        return refuse(a, FULL, "there are too many texts");
    return answer_sid(a, text->sid);
}

/* ---- settings ---- */

/* Takes a flag over when it is there; false when it is no flag. */
static bool take_flag(struct act *a, const char *key, bool *flag)
{
    const struct json *value = json_get(a->order->body, key);

    if (json_type(value) == JSON_ABSENT)
        return true;
    *flag = json_bool(value);
    if (json_type(value) == JSON_BOOL)
        return true;
    (void)refuse(a, WRONG, "%s is %s, not true or false", key, json_type_name(json_type(value)));
    return false;
}

static bool take_text(struct act *a, const char *key, char *out, size_t room)
{
    const struct json *value = json_get(a->order->body, key);
    const struct span text = span_trim(json_text(value));

    if (json_type(value) == JSON_ABSENT)
        return true;
    if (json_type(value) == JSON_TEXT && text.size < room) {
        sim_world_copy(out, room, text);
        return true;
    }
    (void)refuse(a, WRONG, "%s is no text of up to %zu bytes", key, room - 1);
    return false;
}

/* What is set on it makes a phone a held one, unless that is said too. */
static bool take_hold(struct act *a, struct sim_hand *h)
{
    static const char *const holding[] = {"voicemail", "voicemail_after_s", "greeting", "screening",
                                          "silent"};

    for (size_t i = 0; i < sizeof holding / sizeof holding[0]; i++)
        if (json_type(json_get(a->order->body, holding[i])) != JSON_ABSENT)
            h->held = true;
    return take_flag(a, "held", &h->held);
}

static int do_set(struct act *a)
{
    struct sim_phone p = *a->phone;
    struct sim_hand *h = &p.hand;
    const struct json *after = json_get(a->order->body, "voicemail_after_s");
    int64_t after_s = h->voicemail_after_ms ? h->voicemail_after_ms / 1000 : VOICEMAIL_AFTER_S;

    if (json_type(after) != JSON_ABSENT && !json_number(after, 0, VOICEMAIL_AFTER_MAX_S, &after_s))
        return refuse(a, WRONG, "voicemail_after_s is no number up to %d", VOICEMAIL_AFTER_MAX_S);
    h->voicemail_after_ms = after_s * 1000;
    if (!take_text(a, "name", p.name, sizeof p.name) ||
        !take_text(a, "greeting", h->greeting, sizeof h->greeting) ||
        !take_flag(a, "voicemail", &h->voicemail) || !take_flag(a, "screening", &h->screening) ||
        !take_flag(a, "silent", &h->silent) || !take_flag(a, "unreachable", &p.unreachable) ||
        !take_hold(a, h))
        return WRONG;
    *a->phone = p;
    sim_note(a->order->world, "phone", "%s is set%s%s%s%s%s", p.name[0] ? p.name : p.number,
             h->held ? ", in a hand" : "", h->voicemail ? ", voicemail on" : "",
             h->screening ? ", screening on" : "", h->silent ? ", silent" : "",
             p.unreachable ? ", unreachable" : "");
    return answer_nothing(a);
}

/* clang-format off */
static const struct {
    const char *name, *keys; /* keys: what its body may hold */
    int (*run)(struct act *a);
    const char *help;
} actions[] = {
    {"call",    "to",            do_call,    "places a call to a line"},
    {"answer",  "call",          do_answer,  "takes the call that rings, or that the phone itself screens"},
    {"decline", "call",          do_decline, "declines it; a held phone with voicemail sends it there"},
    {"press",   "call keys",     do_press,   "presses keys in a call"},
    {"say",     "call words",    do_say,     "says words in a call: to a Gather, a Record, or whoever is there"},
    {"hangup",  "call",          do_hang_up, "puts the phone down"},
    {"text",    "to body media", do_text,    "sends a text to a line; media is a list of {type, base64}"},
    {"set",     "name held voicemail voicemail_after_s greeting screening silent unreachable",
                                 do_set,     "names the phone, and sets what it does by itself"},
};
/* clang-format on */

enum { ACTIONS = sizeof actions / sizeof actions[0] };

void sim_hand_print(struct buf *out)
{
    buf_add_text(out, "\nWhat a hand does: `POST /sim/phones/{number}/{action}`.\n\n"
                      "| action | takes | does |\n|---|---|---|\n");
    for (size_t i = 0; i < ACTIONS; i++)
        buf_printf(out, "| `%s` | %s | %s |\n", actions[i].name, actions[i].keys, actions[i].help);
}

static int unknown_action(struct act *a, struct span name)
{
    int used = snprintf(a->words, SIM_SETUP_WORDS,
                        "no such action \"%.*s\"; known are:", name.size > 40 ? 40 : (int)name.size,
                        name.data ? name.data : "");

    for (size_t i = 0; i < ACTIONS && used < SIM_SETUP_WORDS; i++)
        used += snprintf(a->words + used, SIM_SETUP_WORDS - (size_t)used, " %s", actions[i].name);
    return MISSING;
}

static struct sim_phone *phone_of(struct sim_world *w, struct span number)
{
    char full[LIMIT_PARTY_SIZE];
    struct sim_phone *known = sim_world_phone(w, number);

    if (known || !read_number(number, full))
        return known;
    return sim_world_phone_made(w, span_of(full));
}

int sim_hand_act(const struct sim_hand_order *order, struct buf *out, char words[SIM_SETUP_WORDS])
{
    struct act a = {.order = order, .out = out, .words = words};
    size_t slash = order->path.size, i = 0;

    while (slash > 0 && order->path.data[slash - 1] != '/')
        slash--;
    const struct span name = span_skip(order->path, slash);
    const struct span number = {order->path.data, slash ? slash - 1 : 0};
    while (i < ACTIONS && !span_is_text(name, actions[i].name))
        i++;
    if (!slash || i == ACTIONS)
        return unknown_action(&a, slash ? name : (struct span){0});
    if (sim_setup_keys(order->body, actions[i].keys, words))
        return WRONG;
    a.phone = phone_of(order->world, number);
    if (!a.phone && order->world->phone_count == SIM_PHONES_MAX)
        return refuse(&a, FULL, "there are too many phones");
    if (!a.phone)
        return refuse(&a, WRONG, "\"%.*s\" is no phone number",
                      number.size > 40 ? 40 : (int)number.size, number.data);
    return actions[i].run(&a);
}
