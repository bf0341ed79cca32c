#include "simvoice/sim_call.h"

#include "simvoice/sim_dial.h"
#include "simvoice/sim_gather.h"
#include "simvoice/sim_machine.h"
#include "simvoice/sim_phone.h"
#include "simvoice/sim_play.h"
#include "simvoice/sim_queue.h"
#include "simvoice/sim_record.h"
#include "simvoice/sim_recording.h"
#include "simvoice/sim_verb.h"
#include "simworld/sim_office.h"

enum {
    WHISPERED = SIM_IN_CALL | SIM_IN_WHISPER,
    EVERYWHERE = WHISPERED | SIM_IN_QUEUE | SIM_IN_MUSIC
};

/* clang-format off */
const struct sim_verb sim_call_verbs[] = {
    /* name       start               answers where */
    {"Say",      sim_verb_prompt,     true,  EVERYWHERE},
    {"Play",     sim_verb_prompt,     true,  EVERYWHERE},
    {"Pause",    sim_verb_prompt,     false, EVERYWHERE},
    {"Gather",   sim_gather_start,    true,  WHISPERED | SIM_IN_QUEUE},
    {"Record",   sim_record_start,    true,  SIM_IN_CALL},
    {"Dial",     sim_dial_start,      false, SIM_IN_CALL},
    {"Enqueue",  sim_queue_enqueue,   true,  SIM_IN_CALL},
    {"Leave",    sim_verb_leave,      false, SIM_IN_QUEUE},
    {"Redirect", sim_verb_redirect,   false, EVERYWHERE},
    {"Hangup",   sim_verb_hang_up,    true,  WHISPERED | SIM_IN_QUEUE},
    {"Reject",   sim_verb_reject,     false, SIM_IN_CALL},
    {"Refer",    sim_verb_refer,      true,  SIM_IN_CALL},
    {"Sms",      sim_verb_sms,        true,  SIM_IN_CALL},
    {"Start",    sim_verb_start,      true,  SIM_IN_CALL},
    {"Stop",     sim_verb_not_played, true,  SIM_IN_CALL},
    {"Connect",  sim_verb_not_played, true,  SIM_IN_CALL},
    {"Pay",      sim_verb_not_played, true,  SIM_IN_CALL},
    {"Prompt",   sim_verb_not_played, true,  SIM_IN_CALL},
    {NULL,       NULL,                false, 0},
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

void sim_call_limit(struct sim_leg *leg, int64_t ms)
{
    const int64_t now_ms = sim_world_now(leg->world), due_ms = leg->answered_ms + ms;

    leg->limit_ms = ms;
    if (leg->state != SIM_IN_PROGRESS)
        return;
    sim_agenda_cancel(leg->world->agenda, &leg->timer);
    leg->timer =
        sim_agenda_add(leg->world->agenda, due_ms > now_ms ? due_ms : now_ms, limit_due, leg);
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
    struct sim_run *run = sim_run_open(leg, SIM_IN_CALL, run_over);
    if (leg->url)
        sim_run_fetch(run, span_of(leg->url), span_of(leg->method), NULL);
    else
        sim_run_text(run, span_of(leg->twiml));
}

static void digits_sent(void *ctx)
{
    struct sim_leg *leg = ctx;

    if (!sim_leg_is_over(leg))
        out_run(leg);
}

/* Nobody listens who picked up meanwhile. */
static void send_digits(struct sim_leg *leg)
{
    const struct span keys = span_of(leg->send_digits);

    sim_leg_hear(leg, span_of(arena_printf(leg->arena, "[keys %s]", leg->send_digits)));
    sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + sim_play_keys_ms(keys),
                   digits_sent, leg);
}

static void out_answered(struct sim_leg *leg)
{
    if (leg->limit_ms)
        sim_call_limit(leg, leg->limit_ms);
    if (leg->record)
        leg->recorded = sim_recording_start(leg, leg->record);
    if (leg->send_digits)
        send_digits(leg);
    else
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
        .stir = kept(leg, o->stir ? o->stir : phone->stir),
        .place = {.city = kept(leg, o->place.city ? o->place.city : phone->place.city),
                  .state = kept(leg, o->place.state ? o->place.state : phone->place.state),
                  .zip = kept(leg, o->place.zip ? o->place.zip : phone->place.zip),
                  .country = kept(leg, o->place.country ? o->place.country : phone->place.country)},
    };
}

static struct sim_leg *leg_placed(struct sim_world *w, struct sim_account *account,
                                  const struct sim_number *number, struct span from, struct span to)
{
    struct sim_leg *leg = sim_leg_new(w, account, SIM_INBOUND, from, to);
    const struct sim_hooks hooks = sim_office_voice(number);

    if (!leg)
        return NULL;
    leg->owner = &inbound;
    leg->url = hooks.voice_url;
    leg->method = hooks.voice_method;
    leg->fallback_url = hooks.voice_fallback_url;
    leg->fallback_method = hooks.voice_fallback_method;
    if (sim_office_application_find(account, span_of(number->voice_application_sid)))
        leg->application_sid = number->voice_application_sid;
    leg->callback.url = hooks.status_callback[0] ? hooks.status_callback : NULL;
    leg->callback.method = hooks.status_callback_method;
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
        sim_run_fetch(sim_run_open(leg, SIM_IN_CALL, run_over), span_of(leg->url),
                      span_of(leg->method), NULL);
    else
        sim_leg_end(leg, SIM_FAILED); /* a number without a voice URL takes no calls */
    return ERR_NONE;
}

static void dial_due(void *ctx)
{
    struct sim_leg *leg = ctx;

    leg->timer = 0;
    if (leg->account->standing == SIM_ACTIVE)
        sim_leg_dial(leg);
    else
        sim_leg_end(leg, SIM_FAILED);
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
    struct sim_run *run = leg->run ? leg->run : sim_run_open(leg, SIM_IN_CALL, run_over);
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
