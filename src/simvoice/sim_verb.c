#include "simvoice/sim_verb.h"

#include "simhook/sim_element.h"
#include "simvoice/sim_play.h"
#include "simvoice/sim_recording.h"
#include "simworld/sim_note.h"

enum {
    ERROR_SCHEMA = 12200,
    ERROR_NO_SIP = 13801,
    ERROR_NO_SMS = 13803,
    ERROR_SMS_TO = 14101,
    ERROR_SMS_BODY = 14103,
    REFER_ACCEPTED = 202,
};

void sim_verb_prompt(struct sim_run *run, const struct xml_node *verb)
{
    (void)sim_play_prompt(run, verb, sim_run_next);
}

void sim_verb_redirect(struct sim_run *run, const struct xml_node *verb)
{
    sim_run_fetch(run, sim_run_words(run, verb), span_of(sim_element_method(verb, "method")), NULL);
}

void sim_verb_hang_up(struct sim_run *run, const struct xml_node *verb)
{
    (void)verb;
    sim_run_finish(run, SIM_RUN_HANG_UP);
}

void sim_verb_reject(struct sim_run *run, const struct xml_node *verb)
{
    const bool busy = span_is_text(sim_element_value(verb, "reason"), "busy");

    sim_leg_end(run->leg, busy ? SIM_BUSY : SIM_NO_ANSWER);
}

void sim_verb_leave(struct sim_run *run, const struct xml_node *verb)
{
    (void)verb;
    sim_run_finish(run, SIM_RUN_LEFT);
}

void sim_verb_not_played(struct sim_run *run, const struct xml_node *verb)
{
    sim_run_warn(run, ERROR_SCHEMA, "line %d: <%.*s> is not simulated: skipped", verb->line,
                 SPAN_ARG(verb->name));
    sim_run_next(run);
}

/* The address in a Sip below `verb`, or its own text. */
static struct span target_of(struct sim_run *run, const struct xml_node *verb)
{
    for (const struct xml_node *n = verb->child; n; n = n->next)
        if (span_is_text(n->name, "Sip"))
            return sim_run_words(run, n);
    return sim_run_words(run, verb);
}

/* A call from or to a sip: address is sent elsewhere, and leaves us; others stay. */
void sim_verb_refer(struct sim_run *run, const struct xml_node *verb)
{
    struct sim_leg *leg = run->leg;
    const bool sip = span_starts(span_of(sim_leg_party(leg)), SPAN("sip:"));
    struct sim_params p = {.arena = run->arena};

    if (!sip) {
        sim_run_warn(run, ERROR_NO_SIP, "line %d: <Refer> on a call that is not from SIP: skipped",
                     verb->line);
        sim_run_next(run);
        return;
    }
    sim_note(leg->world, "call", "%s is referred to %.*s", sim_leg_party(leg),
             SPAN_ARG(target_of(run, verb)));
    sim_params_text(&p, "ReferCallStatus", "completed");
    sim_params_number(&p, "ReferSipResponseCode", REFER_ACCEPTED);
    sim_params_number(&p, "NotifySipResponseCode", 200);
    if (xml_attr_get(verb, "action").size)
        sim_run_action(run, verb, &p);
    else
        sim_run_finish(run, SIM_RUN_HANG_UP);
}

void sim_verb_sms(struct sim_run *run, const struct xml_node *verb)
{
    struct sim_leg *leg = run->leg;
    const bool in = leg->direction == SIM_INBOUND;
    const struct span to = sim_element_value(verb, "to"), from = sim_element_value(verb, "from");
    struct sim_params p = {.arena = run->arena};
    struct sim_sms sms = {
        .from = from.size ? from : span_of(in ? leg->to : leg->from),
        .to = to.size ? to : span_of(in ? leg->from : leg->to),
        .body = sim_run_words(run, verb),
        .callback = sim_run_address(run, verb, "statusCallback"),
    };

    if (!leg->world->send_text) {
        sim_run_warn(run, ERROR_NO_SMS, "line %d: <Sms> is not supported here", verb->line);
        sim_run_next(run);
    } else if (!sms.body.size || !leg->world->send_text(leg->world, leg->account, &sms)) {
        sim_run_warn(run, sms.body.size ? ERROR_SMS_TO : ERROR_SMS_BODY,
                     "line %d: <Sms> to \"%.*s\" cannot be sent", verb->line, SPAN_ARG(sms.to));
        sim_run_next(run);
    } else {
        sim_params_text(&p, "SmsSid", sms.sid);
        sim_params_text(&p, "SmsStatus", "sent");
        sim_run_action(run, verb, &p);
    }
}

static void start_recording(struct sim_run *run, const struct xml_node *noun)
{
    static const char *const tracks[] = {"both", "inbound", "outbound"};
    const struct span track = sim_element_value(noun, "track");
    struct sim_recording_plan plan = {
        .source = "StartCallRecordingAPI",
        .track = tracks[0],
        .channels = span_is_text(sim_element_value(noun, "channels"), "dual") ? 2 : 1,
        .trim = span_is_text(sim_element_value(noun, "trim"), "trim-silence"),
        .status.url = sim_run_address(run, noun, "recordingStatusCallback"),
        .status.method = sim_element_method(noun, "recordingStatusCallbackMethod"),
        .status.events =
            sim_recording_events(sim_element_value(noun, "recordingStatusCallbackEvent")),
    };

    for (size_t i = 0; i < sizeof tracks / sizeof tracks[0]; i++)
        if (span_is_text(track, tracks[i]))
            plan.track = tracks[i];
    (void)sim_recording_start(run->leg, &plan);
}

void sim_verb_start(struct sim_run *run, const struct xml_node *verb)
{
    for (const struct xml_node *n = verb->child; n; n = n->next) {
        if (span_is_text(n->name, "Recording"))
            start_recording(run, n);
        else if (n->name.size)
            sim_run_warn(run, ERROR_SCHEMA, "line %d: <%.*s> is not simulated: skipped", n->line,
                         SPAN_ARG(n->name));
    }
    sim_run_next(run);
}
