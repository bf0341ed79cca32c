#include "sim/sim_input.h"

#include <string.h>

#include "codec/timestamp.h"
#include "sim/sim_note.h"
#include "sim/sim_verb.h"

enum { KEYS_MAX = 64, TRANSCRIBE_MIN_S = 2, TRANSCRIBE_MAX_S = 120 };

struct gather {
    const struct xml_node *verb, *prompt; /* prompt: the nested verb to come */
    char keys[KEYS_MAX + 1];
    size_t count, want; /* want 0: any number */
    int64_t timeout_ms;
    struct span finish; /* one key, or empty */
};

static void gather_submit(struct sim_run *run, char finished_by)
{
    const struct gather *g = run->state;
    struct sim_params p = {.arena = run->arena};

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    sim_params_text(&p, "Digits", g->keys);
    sim_params_add(&p, "FinishedOnKey", (struct span){&finished_by, finished_by ? 1 : 0});
    sim_params_text(&p, "msg", "Gather End");
    sim_run_fetch(run, xml_attr_get(g->verb, "action"), sim_run_attr(g->verb, "method", "POST"),
                  &p);
}

static void gather_end(struct sim_run *run, char finished_by)
{
    const struct gather *g = run->state;

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    if (g->count || sim_run_flag(g->verb, "actionOnEmptyResult", false))
        gather_submit(run, finished_by);
    else
        sim_run_next(run);
}

static void gather_lapse(struct sim_run *run)
{
    gather_end(run, 0);
}

static void gather_prompt(struct sim_run *run)
{
    struct gather *g = run->state;

    while (g->prompt) {
        const struct xml_node *node = g->prompt;
        g->prompt = node->next;
        const int64_t ms = node->name.size ? sim_verb_prompt(run, node) : -1;
        if (ms >= 0) {
            sim_run_wait(run, ms, gather_prompt);
            return;
        }
    }
    sim_run_wait(run, g->timeout_ms, gather_lapse);
}

/* A key stops the prompts and counts; the wait for the next one starts anew. */
static void gather_key(struct sim_run *run, char key)
{
    struct gather *g = run->state;

    if (g->finish.size && g->finish.data[0] == key) {
        gather_end(run, key);
        return;
    }
    if (g->count < KEYS_MAX)
        g->keys[g->count++] = key;
    g->prompt = NULL;
    if (g->want && g->count >= g->want)
        gather_end(run, 0);
    else
        sim_run_wait(run, g->timeout_ms, gather_lapse);
}

void sim_input_gather(struct sim_run *run, const struct xml_node *verb)
{
    struct gather *g = ARENA_NEW(run->arena, struct gather);
    const struct span input = sim_run_attr(verb, "input", "dtmf");

    *g = (struct gather){
        .verb = verb,
        .prompt = verb->child,
        .want = (size_t)sim_run_number(run, verb, "numDigits", 1, KEYS_MAX, 0),
        .timeout_ms = sim_run_number(run, verb, "timeout", 0, 3600, 5) * 1000,
        .finish = sim_run_attr(verb, "finishOnKey", "#"),
    };
    run->state = g;
    if (memmem(input.data, input.size, "dtmf", 4))
        run->key = gather_key;
    gather_prompt(run);
}

struct record {
    const struct xml_node *verb;
    int64_t since_ms, max_ms;
    char sid[LIMIT_SID_SIZE];
    const char *url;
    int64_t seconds;
};

static void recording_params(struct sim_run *run, struct sim_params *p)
{
    const struct record *r = run->state;

    sim_params_text(p, "RecordingSid", r->sid);
    sim_params_text(p, "RecordingUrl", r->url);
    sim_params_number(p, "RecordingDuration", r->seconds);
}

static void tell_recording(struct sim_run *run)
{
    const struct record *r = run->state;
    const struct sim_leg *leg = run->leg;
    struct sim_params p = {.arena = arena_open(0)};
    char at[TIMESTAMP_SIZE];

    timestamp_render_rfc2822(r->since_ms, at);
    sim_params_text(&p, "AccountSid", leg->account->sid);
    sim_params_text(&p, "CallSid", leg->sid);
    recording_params(run, &p);
    sim_params_text(&p, "RecordingStatus", "completed");
    sim_params_text(&p, "RecordingChannels", "1");
    sim_params_text(&p, "RecordingStartTime", at);
    sim_params_text(&p, "RecordingSource", "RecordVerb");
    sim_params_text(&p, "RecordingTrack", "inbound");
    const struct span method = sim_run_attr(r->verb, "recordingStatusCallbackMethod", "POST");
    sim_webhook_tell(
        &(struct sim_ask){.world = leg->world,
                          .account = leg->account,
                          .url = sim_run_address(run, r->verb, "recordingStatusCallback"),
                          .method = span_is_text(method, "GET") ? "GET" : "POST",
                          .voice = true,
                          .params = &p});
    arena_close(&p.arena);
}

static void tell_transcription(struct sim_run *run)
{
    const struct record *r = run->state;
    struct sim_leg *leg = run->leg;
    struct sim_params p = {.arena = arena_open(0)};
    char sid[LIMIT_SID_SIZE];

    sim_world_sid(leg->world, "TR", 0, sid);
    sim_leg_params(leg, &p);
    recording_params(run, &p);
    sim_params_text(&p, "TranscriptionSid", sid);
    sim_params_text(&p, "TranscriptionText", leg->voicemail_words ? leg->voicemail_words : "");
    sim_params_text(&p, "TranscriptionStatus", leg->voicemail_words ? "completed" : "failed");
    sim_params_text(&p, "TranscriptionUrl",
                    arena_printf(p.arena, "%s/2010-04-01/Accounts/%s/Transcriptions/%s",
                                 leg->world->base, leg->account->sid, sid));
    sim_webhook_tell(&(struct sim_ask){.world = leg->world,
                                       .account = leg->account,
                                       .url = sim_run_address(run, r->verb, "transcribeCallback"),
                                       .voice = true,
                                       .params = &p});
    arena_close(&p.arena);
}

/* `ended_by` is a key, 0 for silence or the longest length, 'h' for a hang-up. */
static void record_end(struct sim_run *run, char ended_by)
{
    struct record *r = run->state;
    struct sim_world *w = run->leg->world;
    struct sim_params p = {.arena = arena_open(0)};
    const char key[2] = {ended_by, 0};

    sim_agenda_cancel(w->agenda, &run->timer);
    sim_world_sid(w, "RE", 0, r->sid);
    r->url = arena_printf(run->leg->arena, "%s/2010-04-01/Accounts/%s/Recordings/%s", w->base,
                          run->leg->account->sid, r->sid);
    r->seconds = (sim_world_now(w) - r->since_ms) / 1000;
    recording_params(run, &p);
    sim_params_text(&p, "Digits", ended_by == 'h' ? "hangup" : key);
    tell_recording(run);
    if (sim_run_flag(r->verb, "transcribe", false) ||
        xml_attr_get(r->verb, "transcribeCallback").data)
        if (r->seconds > TRANSCRIBE_MIN_S && r->seconds < TRANSCRIBE_MAX_S)
            tell_transcription(run);
    sim_run_fetch(run, xml_attr_get(r->verb, "action"), sim_run_attr(r->verb, "method", "POST"),
                  &p);
    arena_close(&p.arena);
}

static void record_key(struct sim_run *run, char key)
{
    const struct record *r = run->state;
    const struct span finish = sim_run_attr(r->verb, "finishOnKey", "1234567890*#");

    if (memchr(finish.data, key, finish.size))
        record_end(run, key);
}

static void record_spoken(struct sim_run *run)
{
    const struct record *r = run->state;
    struct sim_leg *leg = run->leg;

    if (sim_world_now(leg->world) >= r->since_ms + r->max_ms)
        record_end(run, 0);
    else if (leg->voicemail_key)
        sim_leg_press(leg, leg->voicemail_key);
    else
        sim_leg_end(leg, SIM_COMPLETED);
}

static void record_silent(struct sim_run *run)
{
    sim_run_next(run);
}

/* What was said until the caller hung up is kept when it lasted a second. */
static void record_stop(struct sim_run *run, enum sim_run_stop why)
{
    const struct record *r = run->state;

    if (why == SIM_STOP_GONE && sim_world_now(run->leg->world) - r->since_ms >= 1000)
        record_end(run, 'h');
}

void sim_input_record(struct sim_run *run, const struct xml_node *verb)
{
    struct record *r = ARENA_NEW(run->arena, struct record);
    struct sim_leg *leg = run->leg;
    const int64_t silence_s = sim_run_number(run, verb, "timeout", 0, 3600, 5);
    const int64_t speech_ms = leg->voicemail_ms;

    *r = (struct record){.verb = verb,
                         .since_ms = sim_world_now(leg->world),
                         .max_ms = sim_run_number(run, verb, "maxLength", 2, 86400, 3600) * 1000};
    run->state = r;
    run->key = record_key;
    run->stop = record_stop;
    if (!speech_ms) {
        sim_run_wait(run, silence_s ? silence_s * 1000 : r->max_ms, record_silent);
        return;
    }
    leg->voicemail_ms = 0; /* it is spoken once */
    sim_note(leg->world, "phone", "%s speaks for %lld ms", leg->from, (long long)speech_ms);
    sim_run_wait(run, speech_ms < r->max_ms ? speech_ms : r->max_ms, record_spoken);
}
