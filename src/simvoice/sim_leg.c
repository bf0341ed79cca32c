#include "simvoice/sim_leg.h"

#include "codec/timestamp.h"
#include "simworld/sim_note.h"

enum { TIMEOUT_DEFAULT_MS = 60000 };

struct sim_leg *sim_leg_new(struct sim_world *w, struct sim_account *account,
                            enum sim_direction direction, struct span from, struct span to)
{
    struct sim_leg *leg = sim_world_leg_made(w);

    if (!leg)
        return NULL;
    leg->account = account;
    leg->direction = direction;
    leg->timeout_ms = TIMEOUT_DEFAULT_MS;
    leg->callback.events = SIM_ON_COMPLETED;
    sim_world_copy(leg->from, sizeof leg->from, from);
    sim_world_copy(leg->to, sizeof leg->to, to);
    return leg;
}

bool sim_leg_is_over(const struct sim_leg *leg)
{
    return leg->state >= SIM_COMPLETED;
}

/* What only some calls have. */
static void more_params(const struct sim_leg *leg, struct sim_params *p)
{
    const struct span to = span_of(leg->to);
    struct span domain;

    if (leg->parent)
        sim_params_text(p, "ParentCallSid", leg->parent->sid);
    if (leg->direction == SIM_INBOUND)
        sim_params_text(p, "CallToken", arena_printf(p->arena, "token-%s", leg->sid));
    if (leg->origin.forwarded_from)
        sim_params_text(p, "ForwardedFrom", leg->origin.forwarded_from);
    if (leg->application_sid)
        sim_params_text(p, "ApplicationSid", leg->application_sid);
    if (leg->origin.stir)
        sim_params_text(p, "StirVerstat", leg->origin.stir);
    if (leg->origin.caller_name)
        sim_params_text(p, "CallerName", leg->origin.caller_name);
    if (span_starts(to, SPAN("sip:")) && leg->direction == SIM_INBOUND) {
        sim_params_add(p, "SipUsername", span_cut(span_skip(to, 4), '@', &domain));
        sim_params_add(p, "SipDomain", domain);
    }
    if (leg->detection.found) {
        sim_params_text(p, "AnsweredBy", leg->detection.found);
        sim_params_number(p, "MachineDetectionDuration", leg->detection.took_ms);
    }
}

void sim_leg_params(const struct sim_leg *leg, struct sim_params *p)
{
    static const struct sim_place nowhere = {0};
    const bool outbound = leg->direction != SIM_INBOUND;
    const struct sim_place *from = outbound ? &nowhere : &leg->origin.place;
    const struct sim_place *to = outbound && leg->phone ? &leg->phone->place : &nowhere;
    const enum sim_call_state shown =
        leg->state == SIM_INITIATED && leg->direction == SIM_INBOUND ? SIM_RINGING : leg->state;

    sim_params_text(p, "CallSid", leg->sid);
    sim_params_text(p, "AccountSid", leg->account->sid);
    sim_params_text(p, "From", leg->from);
    sim_params_text(p, "To", leg->to);
    sim_params_text(p, "Caller", leg->from);
    sim_params_text(p, "Called", leg->to);
    sim_params_text(p, "CallStatus", sim_call_state_name(shown));
    sim_params_text(p, "ApiVersion", "2010-04-01");
    sim_params_text(p, "Direction", sim_direction_name(leg->direction));
    more_params(leg, p);
    sim_params_place(p, "From", from);
    sim_params_place(p, "To", to);
    sim_params_place(p, "Caller", from);
    sim_params_place(p, "Called", to);
}

const char *sim_leg_fallback(const struct sim_leg *leg)
{
    return leg->fallback_url;
}

static const char *sip_code(enum sim_call_state state)
{
    switch (state) {
    case SIM_BUSY:
        return "486";
    case SIM_NO_ANSWER:
    case SIM_CANCELED:
        return "487";
    case SIM_FAILED:
        return "404";
    case SIM_QUEUED:
    case SIM_INITIATED:
    case SIM_RINGING:
    case SIM_IN_PROGRESS:
    case SIM_COMPLETED:
    case SIM_CALL_STATES:
        break;
    }
    return "200";
}

static void end_params(const struct sim_leg *leg, struct sim_params *p)
{
    const int64_t s = leg->answered_ms ? (leg->ended_ms - leg->answered_ms + 500) / 1000 : 0;

    sim_params_number(p, "CallDuration", s);
    sim_params_number(p, "Duration", (s + 59) / 60);
    if (leg->sip_code)
        sim_params_number(p, "SipResponseCode", leg->sip_code);
    else
        sim_params_text(p, "SipResponseCode", sip_code(leg->state));
}

/* Of a call that was recorded whole, on request. */
static void recorded_params(const struct sim_leg *leg, struct sim_params *p)
{
    const struct sim_recording *r = leg->recorded;

    if (!r)
        return;
    sim_params_text(p, "RecordingSid", r->sid);
    sim_params_text(p, "RecordingUrl",
                    arena_printf(p->arena, "%s/2010-04-01/Accounts/%s/Recordings/%s",
                                 leg->world->base, leg->account->sid, r->sid));
    sim_params_number(p, "RecordingDuration", r->seconds);
}

/* SequenceNumber counts the callbacks of the call, from 0. */
static void tell(struct sim_leg *leg, unsigned event)
{
    struct arena *arena = arena_open(0);
    struct sim_params p = {.arena = arena};
    char at[TIMESTAMP_SIZE];

    if (leg->callback.url && leg->callback.events & event) {
        sim_leg_params(leg, &p);
        timestamp_render_rfc2822(sim_world_now(leg->world), at);
        sim_params_text(&p, "CallbackSource", "call-progress-events");
        sim_params_number(&p, "SequenceNumber", leg->sequence++);
        sim_params_text(&p, "Timestamp", at);
        if (event == SIM_ON_COMPLETED) {
            end_params(leg, &p);
            recorded_params(leg, &p);
        }
        sim_webhook_tell(&(struct sim_ask){.world = leg->world,
                                           .account = leg->account,
                                           .url = leg->callback.url,
                                           .method = leg->callback.method,
                                           .voice = true,
                                           .jar = &leg->jar,
                                           .subject = leg->sid,
                                           .params = &p});
    }
    arena_close(&arena);
}

static void note_state(const struct sim_leg *leg)
{
    struct sim_note n;

    sim_note_open(leg->world, &n, "call", "%s %s -> %s: %s", sim_direction_name(leg->direction),
                  leg->from, leg->to, sim_call_state_name(leg->state));
    json_out_text(&n.json, "call", span_of(leg->sid));
    json_out_text(&n.json, "from", span_of(leg->from));
    json_out_text(&n.json, "to", span_of(leg->to));
    json_out_text(&n.json, "state", span_of(sim_call_state_name(leg->state)));
    if (leg->parent)
        json_out_text(&n.json, "parent", span_of(leg->parent->sid));
    sim_note_close(leg->world, &n);
}

static void enter(struct sim_leg *leg, enum sim_call_state state)
{
    leg->state = state;
    note_state(leg);
}

static void lapse(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->timer = 0;
    sim_leg_end(leg, SIM_NO_ANSWER);
}

static void ring_later(void *ctx)
{
    struct sim_leg *leg = ctx;
    const int64_t left = leg->dialled_ms + leg->timeout_ms - sim_world_now(leg->world);

    leg->timer = sim_agenda_add(leg->world->agenda,
                                sim_world_now(leg->world) + (left > 0 ? left : 0), lapse, leg);
    sim_leg_ring(leg);
}

void sim_leg_dial(struct sim_leg *leg)
{
    if (leg->state != SIM_QUEUED)
        return;
    leg->dialled_ms = sim_world_now(leg->world);
    enter(leg, SIM_INITIATED);
    tell(leg, SIM_ON_INITIATED);
    leg->timer = sim_agenda_add(leg->world->agenda, leg->dialled_ms + SIM_LEG_RING_DELAY_MS,
                                ring_later, leg);
}

void sim_leg_ring(struct sim_leg *leg)
{
    if (leg->state >= SIM_RINGING)
        return;
    leg->rang_ms = sim_world_now(leg->world);
    enter(leg, SIM_RINGING);
    tell(leg, SIM_ON_RINGING);
    if (leg->owner && leg->owner->rang)
        leg->owner->rang(leg);
}

void sim_leg_answer(struct sim_leg *leg)
{
    if (leg->state >= SIM_IN_PROGRESS)
        return;
    sim_agenda_cancel(leg->world->agenda, &leg->timer);
    leg->answered_ms = sim_world_now(leg->world);
    enter(leg, SIM_IN_PROGRESS);
    tell(leg, SIM_ON_ANSWERED);
    if (leg->party && leg->party->answered)
        leg->party->answered(leg);
    if (leg->owner && leg->owner->answered)
        leg->owner->answered(leg);
}

static void joined(struct sim_leg *leg, struct sim_leg *other)
{
    leg->joined_to = other;
    leg->parted = false;
    leg->joined_ms = sim_world_now(leg->world);
    if (leg->party && leg->party->joined)
        leg->party->joined(leg);
}

void sim_leg_join(struct sim_leg *a, struct sim_leg *b)
{
    if (sim_leg_is_over(a) || sim_leg_is_over(b))
        return;
    struct sim_note n;
    sim_note_open(a->world, &n, "call", "%s and %s talk", sim_leg_party(a), sim_leg_party(b));
    json_out_list(&n.json, "talk");
    json_out_text(&n.json, NULL, span_of(a->sid));
    json_out_text(&n.json, NULL, span_of(b->sid));
    json_out_end_list(&n.json);
    sim_note_close(a->world, &n);
    joined(a, b);
    joined(b, a);
}

void sim_leg_watch(struct sim_leg *leg, void (*ended)(struct sim_leg *leg, void *ctx), void *ctx)
{
    struct sim_leg_watch *w = ARENA_NEW(leg->arena, struct sim_leg_watch);

    *w = (struct sim_leg_watch){leg->watches, ended, ctx};
    leg->watches = w;
}

void sim_leg_part(struct sim_leg *leg)
{
    leg->parted = true;
}

/* A call that was never dialled ends without a callback. */
void sim_leg_end(struct sim_leg *leg, enum sim_call_state state)
{
    const bool dialled = leg->state != SIM_QUEUED;

    if (sim_leg_is_over(leg))
        return;
    sim_agenda_cancel(leg->world->agenda, &leg->timer);
    leg->ended_ms = sim_world_now(leg->world);
    enter(leg, leg->state == SIM_IN_PROGRESS ? SIM_COMPLETED : state);
    for (struct sim_leg_watch *w = leg->watches; w; w = w->next)
        w->ended(leg, w->ctx);
    if (leg->party && leg->party->ended)
        leg->party->ended(leg);
    if (leg->owner && leg->owner->ended)
        leg->owner->ended(leg);
    if (dialled)
        tell(leg, SIM_ON_COMPLETED);
}

static void keep_words(struct sim_leg *leg, enum sim_by by, struct span words)
{
    struct sim_heard *h = ARENA_NEW(leg->arena, struct sim_heard);

    *h = (struct sim_heard){
        .by = by, .at_ms = sim_world_now(leg->world), .words = arena_copy(leg->arena, words)};
    *leg->heard_end = h;
    leg->heard_end = &h->next;
}

void sim_leg_overhear(struct sim_leg *leg, struct span words)
{
    keep_words(leg, SIM_BY_OTHER, words);
}

void sim_leg_press(struct sim_leg *leg, char key)
{
    if (leg->state != SIM_IN_PROGRESS)
        return;
    keep_words(leg, SIM_BY_KEYS, (struct span){&key, 1});
    sim_note(leg->world, "phone", "%s presses %c", sim_leg_party(leg), key);
    if (leg->owner && leg->owner->key)
        leg->owner->key(leg, key);
}

void sim_leg_speak(struct sim_leg *leg, struct span words, int confidence)
{
    if (leg->state != SIM_IN_PROGRESS)
        return;
    keep_words(leg, SIM_BY_PARTY, words);
    if (leg->joined_to && !leg->parted && !leg->joined_to->parted &&
        !sim_leg_is_over(leg->joined_to))
        sim_leg_overhear(leg->joined_to, words);
    sim_note(leg->world, "phone", "%s says \"%.*s\"", sim_leg_party(leg), SPAN_ARG(words));
    if (leg->owner && leg->owner->speech)
        leg->owner->speech(leg, words, confidence);
}

const char *sim_leg_party(const struct sim_leg *leg)
{
    return leg->direction == SIM_INBOUND ? leg->from : leg->to;
}

void sim_leg_hear(struct sim_leg *leg, struct span words)
{
    leg = leg->ear ? leg->ear : leg;
    keep_words(leg, SIM_BY_CARRIER, words);
    sim_note(leg->world, "phone", "%s hears \"%.*s\"", sim_leg_party(leg), SPAN_ARG(words));
}

unsigned sim_leg_events(struct span words)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = {{"initiated", SIM_ON_INITIATED},
                 {"ringing", SIM_ON_RINGING},
                 {"answered", SIM_ON_ANSWERED},
                 {"completed", SIM_ON_COMPLETED}};
    unsigned events = 0;

    while (words.size) {
        const struct span word = span_cut(words, ' ', &words);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            if (span_is_text(word, known[i].name))
                events |= known[i].bit;
    }
    return events;
}
