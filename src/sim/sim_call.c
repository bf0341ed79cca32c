#include "sim/sim_call.h"

#include "sim/sim_dial.h"
#include "sim/sim_input.h"
#include "sim/sim_machine.h"
#include "sim/sim_phone.h"
#include "sim/sim_verb.h"

/* clang-format off */
const struct sim_verb sim_call_verbs[] = {
    /* name       start               answers whisper */
    {"Say",      sim_verb_say,       true,  true},
    {"Play",     sim_verb_play,      true,  true},
    {"Pause",    sim_verb_pause,     false, true},
    {"Gather",   sim_input_gather,   true,  true},
    {"Record",   sim_input_record,   true,  false},
    {"Dial",     sim_dial_start,     false, false},
    {"Redirect", sim_verb_redirect,  false, true},
    {"Hangup",   sim_verb_hang_up,   true,  true},
    {"Reject",   sim_verb_reject,    false, false},
    {NULL,       NULL,               false, false},
};
/* clang-format on */

static void run_over(struct sim_run *run, enum sim_run_end how)
{
    (void)how;
    sim_leg_answer(run->leg); /* a document without a verb that answers picks up and hangs up */
    sim_leg_end(run->leg, SIM_COMPLETED);
}

static void on_key(struct sim_leg *leg, char key)
{
    if (leg->run && leg->run->key)
        leg->run->key(leg->run, key);
}

static void on_speech(struct sim_leg *leg, struct span words, int confidence)
{
    if (leg->run && leg->run->speech)
        leg->run->speech(leg->run, words, confidence);
}

static void on_ended(struct sim_leg *leg)
{
    if (leg->run)
        sim_run_close(leg->run, SIM_STOP_GONE);
}

static const struct sim_leg_side inbound = {.key = on_key, .speech = on_speech, .ended = on_ended};

static void limit_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->timer = 0;
    sim_leg_end(leg, SIM_COMPLETED);
}

static void out_rang(struct sim_leg *leg)
{
    sim_phone_take(leg);
}

/* Nobody may have sent it elsewhere while the carrier listened who picked up. */
static void out_run(struct sim_leg *leg)
{
    if (leg->run)
        return;
    struct sim_run *run = sim_run_open(leg, false, run_over);
    if (leg->url)
        sim_run_fetch(run, span_of(leg->url), span_of(leg->method), NULL);
    else
        sim_run_text(run, span_of(leg->twiml));
}

static void out_answered(struct sim_leg *leg)
{
    if (leg->limit_ms)
        leg->timer = sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + leg->limit_ms,
                                    limit_due, leg);
    sim_machine_listen(leg, out_run);
}

static const struct sim_leg_side outbound = {.rang = out_rang,
                                             .answered = out_answered,
                                             .key = on_key,
                                             .speech = on_speech,
                                             .ended = on_ended};

static const char *kept(struct sim_leg *leg, const char *text)
{
    return text ? arena_text(leg->arena, span_of(text)) : NULL;
}

static void take_origin(struct sim_leg *leg, const struct sim_number *number,
                        const struct sim_phone *phone, const struct sim_origin *o)
{
    const char *name = phone->caller_name[0] ? phone->caller_name : NULL;

    leg->origin = (struct sim_origin){
        .forwarded_from = kept(leg, o->forwarded_from),
        .caller_name =
            number->caller_name ? kept(leg, o->caller_name ? o->caller_name : name) : NULL,
        .city = kept(leg, o->city),
        .state = kept(leg, o->state),
        .zip = kept(leg, o->zip),
        .country = kept(leg, o->country),
    };
}

static struct sim_leg *leg_placed(struct sim_world *w, struct sim_account *account,
                                  const struct sim_number *number, struct span from, struct span to)
{
    struct sim_leg *leg = sim_leg_new(w, account, SIM_INBOUND, from, to);

    if (!leg)
        return NULL;
    leg->owner = &inbound;
    leg->url = number->voice_url;
    leg->fallback_url = number->voice_fallback_url;
    leg->callback.url = number->status_callback[0] ? number->status_callback : NULL;
    return leg;
}

enum err sim_call_place(struct sim_world *w, struct span from, struct span to,
                        const struct sim_call_plan *plan, struct sim_leg **out)
{
    struct sim_number *number = NULL;
    struct sim_account *account = sim_world_owner(w, to, &number);
    struct sim_phone *phone = sim_world_phone_made(w, from);

    if (!account)
        return ERR_NOT_FOUND;
    struct sim_leg *leg = phone ? leg_placed(w, account, number, from, to) : NULL;
    if (!leg)
        return ERR_FULL;
    take_origin(leg, number, phone, &plan->origin);
    leg->plan = plan->behaviour;
    leg->voicemail_ms = plan->voicemail_ms;
    leg->voicemail_key = plan->voicemail_key;
    if (plan->voicemail_words)
        leg->voicemail_words = arena_text(leg->arena, span_of(plan->voicemail_words));
    sim_phone_place(leg, phone, plan->hang_up_ms);
    leg->dialled_ms = sim_world_now(w);
    sim_leg_ring(leg);
    *out = leg;
    if (leg->url[0])
        sim_run_fetch(sim_run_open(leg, false, run_over), span_of(leg->url), SPAN("POST"), NULL);
    else
        sim_leg_end(leg, SIM_FAILED); /* a number without a voice URL takes no calls */
    return ERR_NONE;
}

static void dial_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->timer = 0;
    sim_leg_dial(leg);
}

void sim_call_queue(struct sim_leg *leg)
{
    struct sim_account *a = leg->account;
    const int64_t now_us = sim_world_now(leg->world) * 1000;
    const int64_t due_us = a->next_call_us > now_us ? a->next_call_us : now_us;

    a->next_call_us = due_us + 1000000 / (a->call_rate ? a->call_rate : leg->world->call_rate);
    leg->owner = &outbound;
    leg->timer = sim_agenda_add(leg->world->agenda, (due_us + 999) / 1000, dial_due, leg);
}

void sim_call_redirect(struct sim_leg *leg, const char *url, const char *method, const char *twiml)
{
    if (leg->direction == SIM_OUTBOUND_DIAL) {
        if (leg->run)
            sim_run_close(leg->run, SIM_STOP_REPLACED);
        sim_dial_release(leg);
        leg->owner = &outbound;
        leg->run = NULL;
    }
    struct sim_run *run = leg->run ? leg->run : sim_run_open(leg, false, run_over);
    sim_run_replace(run);
    if (url)
        sim_run_fetch(run, span_of(url), span_of(method), NULL);
    else
        sim_run_text(run, span_of(twiml));
}

void sim_call_end(struct sim_leg *leg)
{
    sim_leg_end(leg, leg->state < SIM_IN_PROGRESS ? SIM_CANCELED : SIM_COMPLETED);
}
