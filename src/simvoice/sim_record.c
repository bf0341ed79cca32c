#include "simvoice/sim_record.h"

#include <string.h>

#include "simhook/sim_element.h"
#include "simvoice/sim_recording.h"
#include "simworld/sim_note.h"

enum {
    LENGTH_MAX_S = 3600,
    TRANSCRIBED_MAX_S = 120,
    WORDS_MAX = 4096,
    MS_A_CHARACTER = 60, /* of words said by hand */
};

struct record {
    const struct xml_node *verb;
    struct sim_recording *kept;
    int64_t since_ms, max_ms, silence_ms; /* silence 0: never ends it */
    int64_t first_ms, last_ms;            /* of words said by hand; 0: none */
    struct buf words;
};

static struct sim_recording_plan plan_of(struct sim_run *run, const struct xml_node *verb)
{
    return (struct sim_recording_plan){
        .source = "RecordVerb",
        .track = "inbound",
        .channels = 1,
        .trim = span_is_text(sim_element_value(verb, "trim"), "trim-silence"),
        .transcript = sim_element_flag(verb, "transcribe"),
        .transcribe = sim_run_address(run, verb, "transcribeCallback"),
        .status.url = sim_run_address(run, verb, "recordingStatusCallback"),
        .status.method = sim_element_method(verb, "recordingStatusCallbackMethod"),
        .status.events =
            sim_recording_events(sim_element_value(verb, "recordingStatusCallbackEvent")),
    };
}

/* How long it is: silence at both ends is cut off, unless the verb says otherwise. */
static int64_t seconds_of(const struct sim_run *run, const struct record *r)
{
    const int64_t now_ms = sim_world_now(run->leg->world);
    const bool trims = r->first_ms && r->kept->plan.trim;
    const int64_t first_ms = trims ? r->first_ms : r->since_ms;
    const int64_t last_ms = trims && r->last_ms < now_ms ? r->last_ms : now_ms;

    return (last_ms - first_ms + (trims ? 999 : 0)) / 1000;
}

/* `ended_by` is a key, 0 for silence or the longest length, 'h' for a hang-up. */
static void record_end(struct sim_run *run, char ended_by)
{
    struct record *r = run->state;
    struct sim_params p = {.arena = arena_open(0)};
    const char key[2] = {ended_by, 0};
    const int64_t s = seconds_of(run, r);

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    r->kept->words = r->words.size ? arena_text(run->leg->arena, buf_span(&r->words))
                                   : run->leg->voicemail_words;
    r->kept->left_out_ms = sim_world_now(run->leg->world) - r->kept->since_ms - s * 1000;
    sim_recording_finish(r->kept);
    sim_recording_params(r->kept, &p);
    sim_params_text(&p, "Digits", ended_by == 'h' ? "hangup" : key);
    sim_run_fetch(run, xml_attr_get(r->verb, "action"),
                  span_of(sim_element_method(r->verb, "method")), &p);
    arena_close(&p.arena);
}

static void record_key(struct sim_run *run, char key)
{
    const struct record *r = run->state;
    const struct span finish = sim_element_value(r->verb, "finishOnKey");

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

static void record_nothing(struct sim_run *run)
{
    struct record *r = run->state;

    r->kept->state = SIM_RECORDING_ABSENT;
    r->kept->deleted = true;
    sim_recording_absent(run->leg, &r->kept->plan);
}

static void record_silent(struct sim_run *run)
{
    const struct record *r = run->state;

    if (r->words.size) {
        record_end(run, 0);
        return;
    }
    record_nothing(run);
    sim_run_next(run);
}

/* What a hand says: kept until it has been silent for long enough. */
static void record_speech(struct sim_run *run, struct span words, int confidence)
{
    struct record *r = run->state;
    const int64_t now_ms = sim_world_now(run->leg->world);
    const int64_t left_ms = r->since_ms + r->max_ms - now_ms;

    (void)confidence;
    if (r->words.size)
        buf_add_char(&r->words, ' ');
    else
        r->first_ms = now_ms;
    buf_add(&r->words, words);
    r->last_ms = now_ms + (int64_t)words.size * MS_A_CHARACTER;
    const int64_t quiet_ms = r->silence_ms ? r->last_ms - now_ms + r->silence_ms : left_ms;
    sim_run_wait(run, quiet_ms < left_ms ? quiet_ms : left_ms, record_silent);
}

/* What was said until the caller hung up is kept when it lasted a second. */
static void record_stop(struct sim_run *run, enum sim_run_stop why)
{
    const struct record *r = run->state;

    if (why == SIM_STOP_GONE && seconds_of(run, r) >= 1)
        record_end(run, 'h');
    else
        record_nothing(run);
}

static int64_t longest_s(const struct xml_node *verb)
{
    const int64_t given = sim_element_number(verb, "maxLength");

    if (given)
        return given;
    return sim_element_flag(verb, "transcribe") ? TRANSCRIBED_MAX_S : LENGTH_MAX_S;
}

void sim_record_start(struct sim_run *run, const struct xml_node *verb)
{
    struct record *r = ARENA_NEW(run->leg->arena, struct record);
    struct sim_leg *leg = run->leg;
    const struct sim_recording_plan plan = plan_of(run, verb);
    const int64_t speech_ms = leg->voicemail_ms;

    *r = (struct record){.verb = verb,
                         .since_ms = sim_world_now(leg->world),
                         .max_ms = longest_s(verb) * 1000,
                         .silence_ms = sim_element_number(verb, "timeout") * 1000,
                         .words = buf_in(leg->arena, WORDS_MAX)};
    if (sim_element_flag(verb, "playBeep"))
        sim_leg_hear(leg, SPAN("[beep]"));
    r->kept = sim_recording_start_shared(NULL, leg, &plan);
    if (!r->kept) {
        sim_run_next(run);
        return;
    }
    run->state = r;
    run->asks = true;
    run->key = record_key;
    run->speech = record_speech;
    run->stop = record_stop;
    if (!speech_ms) {
        sim_run_wait(run, r->silence_ms ? r->silence_ms : r->max_ms, record_silent);
        return;
    }
    leg->voicemail_ms = 0; /* it is spoken once */
    sim_note(leg->world, "phone", "%s speaks for %lld ms", leg->from, (long long)speech_ms);
    sim_run_wait(run, speech_ms < r->max_ms ? speech_ms : r->max_ms, record_spoken);
}
