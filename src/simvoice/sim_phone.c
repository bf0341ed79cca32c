#include "simvoice/sim_phone.h"

#include <string.h>

#include "simvoice/sim_leg.h"
#include "simworld/sim_note.h"

enum {
    SIGNAL_MS = 500, /* until a busy tone or a refusal comes back */
    CONFIDENCE = 90, /* of those who understand a greeting */
    SIP_UNAVAILABLE = 480,
    SCREENING_AFTER_MS = 1500, /* of a phone in a hand, as the rest below */
    SCREENING_GREETING_MS = 4000,
    SCREENING_WAIT_MS = 25000,
    VOICEMAIL_GREETING_MS = 6000,
    VOICEMAIL_RECORD_MS = 60000,
};

static const char *name_of(const struct sim_leg *leg)
{
    return leg->phone->name[0] ? leg->phone->name : leg->phone->number;
}

void sim_phone_hang_up(struct sim_leg *leg)
{
    if (sim_leg_is_over(leg))
        return;
    const bool rings = leg->state < SIM_IN_PROGRESS && leg->direction != SIM_INBOUND;
    sim_note(leg->world, "phone", "%s %s", name_of(leg), rings ? "declines" : "hangs up");
    sim_leg_end(leg, rings ? SIM_BUSY : SIM_COMPLETED);
}

static const char usual_greeting[] = "Nobody is here now. Please leave a message after the tone.";
static const char usual_question[] = "Please say your name and why you are calling.";

static void pick_up(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->phone_timer = 0;
    sim_note(leg->world, "phone", "%s %s", name_of(leg),
             leg->plan.manner == SIM_VOICEMAIL ? "goes to voicemail" : "picks up");
    sim_leg_answer(leg);
}

static void hang_up_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->hang_up_timer = 0;
    sim_phone_hang_up(leg);
}

static void step_next(struct sim_leg *leg);

static void step_due(void *ctx)
{
    struct sim_leg *leg = ctx;
    const struct sim_step *step = &leg->plan.steps[leg->step++];

    leg->phone_timer = 0;
    if (step->act == SIM_HANG_UP) {
        sim_phone_hang_up(leg);
        return;
    }
    if (step->act == SIM_SPEAK)
        sim_leg_speak(leg, span_of(step->words), step->confidence);
    for (const char *key = step->keys; step->act == SIM_PRESS && *key; key++)
        sim_leg_press(leg, *key);
    if (!sim_leg_is_over(leg))
        step_next(leg);
}

/* Talking waits for somebody to talk to: a dialled or calling phone talks once it is joined. */
static void step_next(struct sim_leg *leg)
{
    if (leg->step == leg->plan.step_count || leg->phone_timer)
        return;
    const struct sim_step *step = &leg->plan.steps[leg->step];
    if (step->act == SIM_TALK && !leg->joined_ms && leg->direction != SIM_OUTBOUND_API)
        return;
    leg->phone_timer = sim_agenda_add(leg->world->agenda,
                                      sim_world_now(leg->world) + step->after_ms, step_due, leg);
}

static void on_joined(struct sim_leg *leg)
{
    if (leg->plan.manner == SIM_ANSWER)
        step_next(leg);
}

static void on_answered(struct sim_leg *leg);

/* The box takes the call of a phone in a hand: one that rings, or one that it asks already. */
static void to_voicemail(struct sim_leg *leg)
{
    const char *own = leg->phone->hand.greeting;
    struct sim_behaviour *b = &leg->plan;

    sim_agenda_cancel(leg->world->agenda, &leg->phone_timer);
    b->manner = SIM_VOICEMAIL;
    b->greeting = own[0] ? arena_text(leg->arena, span_of(own)) : usual_greeting;
    b->greeting_ms = VOICEMAIL_GREETING_MS;
    b->record_ms = VOICEMAIL_RECORD_MS;
    if (leg->state == SIM_IN_PROGRESS) {
        sim_note(leg->world, "phone", "%s goes to voicemail", name_of(leg));
        on_answered(leg);
    } else {
        pick_up(leg);
    }
}

static void voicemail_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->phone_timer = 0;
    to_voicemail(leg);
}

static bool has_box(const struct sim_leg *leg)
{
    return leg->phone->hand.held && leg->phone->hand.voicemail;
}

/* The phone has asked: its owner takes the call, by the steps of the script, or it hangs up. */
static void screened(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->phone_timer = 0;
    if (has_box(leg)) {
        to_voicemail(leg);
        return;
    }
    if (!leg->plan.step_count) {
        sim_phone_hang_up(leg);
        return;
    }
    sim_note(leg->world, "phone", "%s puts the call through", name_of(leg));
    leg->plan.manner = SIM_ANSWER;
    step_next(leg);
}

/* A greeting is understood once it has been said. */
static void greeted(void *ctx)
{
    struct sim_leg *leg = ctx;
    const struct sim_behaviour *b = &leg->plan;

    leg->phone_timer = 0;
    if (b->greeting)
        sim_leg_speak(leg, span_of(b->greeting), CONFIDENCE);
    if (b->manner == SIM_SCREENING && !sim_leg_is_over(leg))
        leg->phone_timer = sim_agenda_add(leg->world->agenda,
                                          sim_world_now(leg->world) + b->record_ms, screened, leg);
}

static void on_answered(struct sim_leg *leg)
{
    const struct sim_behaviour *b = &leg->plan;
    const int64_t now_ms = sim_world_now(leg->world);

    if (b->manner == SIM_ANSWER || leg->direction == SIM_INBOUND) {
        step_next(leg);
        return;
    }
    sim_note(leg->world, "phone", "%s's %s greets for %lld ms", name_of(leg),
             sim_manner_name(b->manner), (long long)b->greeting_ms);
    leg->phone_timer = sim_agenda_add(leg->world->agenda, now_ms + b->greeting_ms, greeted, leg);
    if (b->manner == SIM_VOICEMAIL && !leg->hang_up_timer)
        leg->hang_up_timer = sim_agenda_add(
            leg->world->agenda, now_ms + b->greeting_ms + b->record_ms, hang_up_due, leg);
}

static void on_ended(struct sim_leg *leg)
{
    sim_agenda_cancel(leg->world->agenda, &leg->phone_timer);
    sim_agenda_cancel(leg->world->agenda, &leg->hang_up_timer);
}

static const struct sim_leg_side party = {
    .answered = on_answered, .joined = on_joined, .ended = on_ended};

/* How a phone that does not take the call ends it, unless its script says otherwise. */
static enum sim_call_state refusal_of(const struct sim_behaviour *b)
{
    static const enum sim_call_state known[] = {SIM_BUSY, SIM_NO_ANSWER, SIM_FAILED};

    for (size_t i = 0; b->status && i < sizeof known / sizeof known[0]; i++)
        if (!strcmp(b->status, sim_call_state_name(known[i])))
            return known[i];
    if (b->manner == SIM_OUT_OF_REACH)
        return SIM_FAILED;
    return b->manner == SIM_UNAVAILABLE ? SIM_NO_ANSWER : SIM_BUSY;
}

static void refuse(struct sim_leg *leg)
{
    const struct sim_behaviour *b = &leg->plan;

    leg->sip_code = b->sip_code ? b->sip_code : b->manner == SIM_UNAVAILABLE ? SIP_UNAVAILABLE : 0;
    sim_leg_end(leg, refusal_of(b));
}

static void refuse_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->phone_timer = 0;
    refuse(leg);
}

static void behave(struct sim_leg *leg)
{
    struct sim_agenda *agenda = leg->world->agenda;
    const int64_t now_ms = sim_world_now(leg->world);

    if (leg->plan.hang_up_ms >= 0)
        leg->hang_up_timer =
            sim_agenda_add(agenda, now_ms + leg->plan.hang_up_ms, hang_up_due, leg);
    switch (leg->plan.manner) {
    case SIM_ANSWER:
    case SIM_VOICEMAIL:
    case SIM_SCREENING:
        leg->phone_timer = sim_agenda_add(agenda, now_ms + leg->plan.after_ms, pick_up, leg);
        break;
    case SIM_BUSY_TONE:
    case SIM_DECLINE:
    case SIM_UNAVAILABLE:
    case SIM_OUT_OF_REACH:
        leg->phone_timer =
            sim_agenda_add(agenda, now_ms + SIGNAL_MS + leg->plan.after_ms, refuse_due, leg);
        break;
    case SIM_HAND:
        if (leg->phone->hand.voicemail)
            leg->phone_timer = sim_agenda_add(agenda, now_ms + leg->phone->hand.voicemail_after_ms,
                                              voicemail_due, leg);
        break;
    case SIM_IGNORE:
    case SIM_MANNERS:
        break;
    }
}

/* What a phone in a hand does by itself. */
static struct sim_behaviour in_hand(const struct sim_phone *p)
{
    if (!p->hand.screening)
        return (struct sim_behaviour){.manner = SIM_HAND};
    return (struct sim_behaviour){.manner = SIM_SCREENING,
                                  .after_ms = SCREENING_AFTER_MS,
                                  .greeting = usual_question,
                                  .greeting_ms = SCREENING_GREETING_MS,
                                  .record_ms = SCREENING_WAIT_MS};
}

/* The n-th call follows the n-th behaviour of the script, unless somebody holds the phone. */
static void plan_call(struct sim_leg *leg, const struct sim_phone *p)
{
    const size_t last = p->on_call_count - 1;

    if (p->hand.held)
        leg->plan = in_hand(p);
    else if (p->on_call_count)
        leg->plan = p->on_call[p->calls_taken < last ? p->calls_taken : last];
    if (p->hand.held || !p->on_call_count)
        leg->plan.hang_up_ms = -1;
    if (p->unreachable)
        leg->plan.manner = SIM_OUT_OF_REACH;
}

void sim_phone_take(struct sim_leg *leg)
{
    struct sim_phone *p = sim_world_phone_made(leg->world, span_of(leg->to));

    if (!p) {
        sim_leg_end(leg, SIM_FAILED);
        return;
    }
    leg->phone = p;
    leg->party = &party;
    plan_call(leg, p);
    p->calls_taken++;
    sim_note(leg->world, "phone", "%s rings (%s)", name_of(leg), sim_manner_name(leg->plan.manner));
    behave(leg);
}

void sim_phone_place(struct sim_leg *leg, struct sim_phone *phone, int64_t hang_up_ms)
{
    leg->phone = phone;
    leg->party = &party;
    sim_note(leg->world, "phone", "%s calls %s", name_of(leg), leg->to);
    if (hang_up_ms >= 0)
        leg->hang_up_timer = sim_agenda_add(
            leg->world->agenda, sim_world_now(leg->world) + hang_up_ms, hang_up_due, leg);
}

/* A call that the phone itself took is put through. */
static void put_through(struct sim_leg *leg)
{
    sim_agenda_cancel(leg->world->agenda, &leg->phone_timer);
    sim_agenda_cancel(leg->world->agenda, &leg->hang_up_timer);
    sim_note(leg->world, "phone", "%s puts the call through", name_of(leg));
    leg->plan.manner = SIM_ANSWER;
    step_next(leg);
}

bool sim_phone_is_asking(const struct sim_leg *leg)
{
    return leg->state == SIM_IN_PROGRESS && leg->direction != SIM_INBOUND &&
           (leg->plan.manner == SIM_SCREENING || leg->plan.manner == SIM_VOICEMAIL);
}

void sim_phone_answer(struct sim_leg *leg)
{
    if (sim_phone_is_asking(leg)) {
        put_through(leg);
        return;
    }
    if (leg->state != SIM_RINGING || leg->direction == SIM_INBOUND)
        return;
    sim_agenda_cancel(leg->world->agenda, &leg->phone_timer);
    leg->plan.manner = SIM_ANSWER;
    pick_up(leg);
}

void sim_phone_decline(struct sim_leg *leg)
{
    const bool rings = leg->state == SIM_RINGING && leg->direction != SIM_INBOUND;

    if (!has_box(leg) || leg->plan.manner == SIM_VOICEMAIL ||
        (!rings && !sim_phone_is_asking(leg))) {
        sim_phone_hang_up(leg);
        return;
    }
    sim_note(leg->world, "phone", "%s declines", name_of(leg));
    to_voicemail(leg);
}
