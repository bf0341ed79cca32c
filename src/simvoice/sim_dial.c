#include "simvoice/sim_dial.h"

#include <string.h>

#include "simhook/sim_element.h"
#include "simvoice/sim_conference.h"
#include "simvoice/sim_dial_noun.h"
#include "simvoice/sim_machine.h"
#include "simvoice/sim_phone.h"
#include "simvoice/sim_play.h"
#include "simvoice/sim_queue.h"
#include "simvoice/sim_recording.h"

struct dial {
    struct sim_run *run;
    const struct xml_node *verb;
    struct sim_dial_target targets[SIM_DIAL_TARGETS_MAX];
    struct sim_leg *legs[SIM_DIAL_TARGETS_MAX];
    size_t count, begun; /* begun: how many have been rung */
    struct sim_leg *joined, *last, *picked;
    int64_t timeout_ms;
    uint64_t limit_timer;
    struct sim_recording_plan plan;
    struct sim_recording *recording; /* begun, or NULL */
    bool records, records_ringing;
    bool released; /* the child went elsewhere */
    bool over;
};

/* What one hears without a word about it: it needs no line in what is heard. */
static const char usual_tone[] = "us";

static const char *const result_words[] = {"completed", "busy", "no-answer", "failed", "canceled"};

static size_t place_of(const struct dial *d, const struct sim_leg *leg)
{
    size_t i = 0;

    while (i < d->count && d->legs[i] != leg)
        i++;
    return i;
}

static void drop_others(struct dial *d, const struct sim_leg *kept)
{
    for (size_t i = 0; i < d->begun; i++)
        if (d->legs[i] && d->legs[i] != kept)
            sim_leg_end(d->legs[i], SIM_CANCELED);
}

static bool any_alive(const struct dial *d)
{
    for (size_t i = 0; i < d->begun; i++)
        if (d->legs[i] && !sim_leg_is_over(d->legs[i]))
            return true;
    return false;
}

static void result_params(const struct dial *d, struct sim_params *p)
{
    const struct sim_leg *leg = d->joined ? d->joined : d->picked ? d->picked : d->last;
    const bool ended = leg && leg->state >= SIM_COMPLETED;
    const size_t word = ended ? (size_t)(leg->state - SIM_COMPLETED) : d->released ? 0 : 3;

    sim_params_text(p, "DialCallStatus", result_words[word]);
    if (leg) {
        const int64_t since_ms = leg->answered_ms ? leg->answered_ms : leg->ended_ms;
        sim_params_text(p, "DialCallSid", leg->sid);
        if (ended)
            sim_params_number(p, "DialCallDuration", (leg->ended_ms - since_ms + 500) / 1000);
    }
    sim_params_text(p, "DialBridged", d->joined ? "true" : "false");
    if (d->recording)
        sim_recording_params(d->recording, p);
}

static void record(struct dial *d)
{
    if (d->records && !d->recording)
        d->recording = sim_recording_start(d->run->leg, &d->plan);
}

static void record_end(const struct dial *d)
{
    if (d->recording)
        sim_recording_finish(d->recording);
    else if (d->records)
        sim_recording_absent(d->run->leg, &d->plan);
}

/* The Dial has come to its end: its action takes over, or else the next verb. */
static void finish(struct dial *d)
{
    struct sim_run *run = d->run;
    struct sim_params p = {.arena = arena_open(0)};

    if (d->over)
        return;
    d->over = true;
    sim_agenda_cancel(run->leg->world->agenda, &d->limit_timer);
    drop_others(d, NULL);
    record_end(d);
    result_params(d, &p);
    if (!run->closed || !run->leg->world->quiet_end)
        sim_run_action(run, d->verb, &p);
    arena_close(&p.arena);
}

static void begin_next(struct dial *d);
static const struct sim_leg_side side;

static void application_over(struct sim_run *run, enum sim_run_end how)
{
    (void)how;
    sim_leg_answer(run->leg);
    sim_leg_end(run->leg, SIM_COMPLETED);
}

static void leg_rang(struct sim_leg *leg)
{
    const struct dial *d = leg->owner_ctx;
    const struct sim_dial_target *t = &d->targets[place_of(d, leg)];

    if (t->application)
        sim_dial_noun_open(t, leg, application_over);
    else
        sim_phone_take(leg);
}

static void limit_due(void *ctx)
{
    struct dial *d = ctx;

    d->limit_timer = 0;
    sim_leg_end(d->joined, SIM_COMPLETED);
}

static void join(struct dial *d, struct sim_leg *leg)
{
    struct sim_leg *caller = d->run->leg;
    const int64_t limit_s = sim_element_number(d->verb, "timeLimit");

    if (d->joined || d->over) {
        sim_leg_end(leg, SIM_COMPLETED);
        return;
    }
    d->joined = leg;
    drop_others(d, leg);
    sim_leg_answer(caller);
    sim_leg_join(caller, leg);
    record(d);
    d->limit_timer = sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + limit_s * 1000,
                                    limit_due, d);
}

static void whisper_over(struct sim_run *run, enum sim_run_end how)
{
    if (how == SIM_RUN_OVER)
        join(run->leg->owner_ctx, run->leg);
    else
        sim_leg_end(run->leg, SIM_COMPLETED);
}

static void go_on(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;
    const struct sim_dial_target *t = &d->targets[place_of(d, leg)];

    if (!t->url) {
        join(d, leg);
        return;
    }
    struct sim_run *whisper = sim_run_open(leg, SIM_IN_WHISPER, whisper_over);
    sim_run_fetch(whisper, span_of(t->url), span_of(t->method), NULL);
}

static void keys_sent(void *ctx)
{
    struct sim_leg *leg = ctx;

    if (!sim_leg_is_over(leg) && leg->owner == &side)
        go_on(leg);
}

/* Keys for a machine that asks for an extension; nobody listens who picked up meanwhile. */
static void send_keys(struct sim_leg *leg, struct span keys)
{
    sim_leg_hear(leg, span_of(arena_printf(leg->arena, "[keys %.*s]", SPAN_ARG(keys))));
    sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + sim_play_keys_ms(keys),
                   keys_sent, leg);
}

static void leg_answered(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;
    const struct sim_dial_target *t = &d->targets[place_of(d, leg)];

    d->picked = d->picked ? d->picked : leg;
    if (!leg->world->drops_at_join)
        drop_others(d, leg);
    if (t->keys.size)
        send_keys(leg, t->keys);
    else
        sim_machine_listen(leg, go_on);
}

static void leg_key(struct sim_leg *leg, char key)
{
    if (leg->run && leg->run->key)
        leg->run->key(leg->run, key);
}

static void leg_speech(struct sim_leg *leg, struct span words, int confidence)
{
    if (leg->run && leg->run->speech)
        leg->run->speech(leg->run, words, confidence);
}

static void leg_ended(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;

    if (leg->run)
        sim_run_close(leg->run, SIM_STOP_GONE);
    if (d->over)
        return;
    if (leg->state != SIM_CANCELED)
        d->last = leg;
    if (leg == d->joined || !any_alive(d)) {
        const bool settled = d->joined || (d->picked && !leg->world->drops_at_join);
        if (!settled && d->begun < d->count)
            begin_next(d);
        else
            finish(d);
    }
}

static const struct sim_leg_side side = {.rang = leg_rang,
                                         .answered = leg_answered,
                                         .key = leg_key,
                                         .speech = leg_speech,
                                         .ended = leg_ended};

/* An application hears what the caller says and presses. */
static struct sim_run *listener_of(const struct dial *d)
{
    return d->joined && d->joined->ear ? d->joined->run : NULL;
}

static void caller_speech(struct sim_run *run, struct span words, int confidence)
{
    struct sim_run *other = listener_of(run->state);

    if (other && other->speech)
        other->speech(other, words, confidence);
}

/* The caller's star key ends the other side when the document says so. */
static void caller_key(struct sim_run *run, char key)
{
    struct dial *d = run->state;
    struct sim_run *other = listener_of(d);

    if (other && other->key)
        other->key(other, key);
    else if (key == '*' && d->joined && sim_element_flag(d->verb, "hangupOnStar"))
        sim_leg_end(d->joined, SIM_COMPLETED);
}

static void caller_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct dial *d = run->state;
    struct sim_leg *shown = d->joined;

    for (size_t i = 0; i < d->begun && !shown; i++)
        shown = d->legs[i];
    if (why == SIM_STOP_REPLACED)
        d->over = true;
    else
        d->last = shown;
    sim_agenda_cancel(run->leg->world->agenda, &d->limit_timer);
    const bool over = d->over;
    d->over = true; /* the legs' ends are ours and start nothing */
    drop_others(d, NULL);
    d->over = over;
    finish(d);
}

void sim_dial_release(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;

    if (leg->owner != &side)
        return;
    leg->owner = NULL;
    if (d->over)
        return;
    d->legs[place_of(d, leg)] = NULL;
    d->last = leg;
    d->released = true;
    finish(d);
}

static void begin_one(struct dial *d, size_t i)
{
    struct sim_leg *caller = d->run->leg;
    const struct sim_dial_target *t = &d->targets[i];
    const struct span from = sim_dial_noun_caller_id(d->run, d->verb);
    struct sim_leg *leg =
        sim_leg_new(caller->world, caller->account, SIM_OUTBOUND_DIAL, from, t->number);

    d->legs[i] = leg;
    if (!leg)
        return;
    leg->parent = caller;
    leg->timeout_ms = d->timeout_ms;
    leg->fallback_url = caller->fallback_url;
    leg->fallback_method = caller->fallback_method;
    sim_dial_noun_settings(d->run, t, leg);
    sim_leg_dial(leg);
    if (t->good && from.size) {
        leg->owner = &side;
        leg->owner_ctx = d;
        return;
    }
    d->last = leg;
    sim_leg_end(leg, SIM_FAILED); /* without an owner: begin_next sees to what follows */
}

/* Rings all of them, or, one after the other, the next. */
static void begin_next(struct dial *d)
{
    const bool one = sim_element_flag(d->verb, "sequential");
    const size_t first = d->begun, end = one && d->count ? d->begun + 1 : d->count;

    d->begun = end;
    for (size_t i = first; i < end; i++)
        begin_one(d, i);
    if (!d->over && !any_alive(d)) {
        if (d->begun < d->count)
            begin_next(d);
        else
            finish(d);
    }
}

static void read_record(struct dial *d)
{
    const struct span how = sim_element_value(d->verb, "record");
    struct sim_run *run = d->run;

    d->records = !span_is_text(how, "do-not-record") && !span_is_text(how, "false");
    d->records_ringing = span_starts(how, SPAN("record-from-ringing"));
    d->plan = (struct sim_recording_plan){
        .source = "DialVerb",
        .track = sim_dial_noun_track(d->verb),
        .channels = memmem(how.data, how.size, "dual", 4) ? 2 : 1,
        .trim = span_is_text(sim_element_value(d->verb, "trim"), "trim-silence"),
        .status.url = sim_run_address(run, d->verb, "recordingStatusCallback"),
        .status.method = sim_element_method(d->verb, "recordingStatusCallbackMethod"),
        .status.events =
            sim_recording_events(sim_element_value(d->verb, "recordingStatusCallbackEvent")),
    };
}

/* Nouns that are no telephone, and are dialled alone. */
static const struct {
    const char *name;
    void (*start)(struct sim_run *run, const struct xml_node *dial, const struct xml_node *noun);
} rooms[] = {{"Conference", sim_conference_enter}, {"Queue", sim_queue_dial}};

static bool enter_room(struct sim_run *run, const struct xml_node *verb)
{
    for (const struct xml_node *n = verb->child; n; n = n->next)
        for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
            if (span_is_text(n->name, rooms[i].name)) {
                rooms[i].start(run, verb, n);
                return true;
            }
    return false;
}

void sim_dial_start(struct sim_run *run, const struct xml_node *verb)
{
    struct dial *d = ARENA_NEW(run->leg->arena, struct dial);
    const struct span tone = sim_element_value(verb, "ringTone");

    if (enter_room(run, verb))
        return;
    *d = (struct dial){
        .run = run, .verb = verb, .timeout_ms = sim_element_number(verb, "timeout") * 1000};
    run->state = d;
    run->key = caller_key;
    run->speech = caller_speech;
    run->stop = caller_stop;
    read_record(d);
    if (!sim_element_flag(verb, "answerOnBridge"))
        sim_leg_answer(run->leg);
    if (tone.size && !span_is_text(tone, usual_tone))
        sim_leg_hear(run->leg,
                     span_of(arena_printf(run->leg->arena, "[ringing %.*s]", SPAN_ARG(tone))));
    d->count = sim_dial_noun_collect(run, verb, d->targets);
    if (d->records_ringing)
        record(d);
    begin_next(d);
}
