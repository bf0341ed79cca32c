#include "sim/sim_input.h"

#include <string.h>

#include "sim/sim_note.h"
#include "sim/sim_recording.h"
#include "sim/sim_verb.h"

enum { KEYS_MAX = 64, SPEECH_MAX = 4096, AUTO_SILENCE_MS = 1000 };

struct gather {
    const struct xml_node *verb, *prompt; /* prompt: the nested verb to come */
    char keys[KEYS_MAX + 1];
    size_t count, want; /* want 0: any number */
    int64_t timeout_ms;
    struct span finish; /* one key, or empty */
    struct buf speech;  /* what was said so far */
    int confidence;     /* of the last of it, in percent */
    int64_t silence_ms; /* that ends speech */
};

static void gather_submit(struct sim_run *run, char finished_by)
{
    const struct gather *g = run->state;
    struct sim_params p = {.arena = run->arena};

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    if (g->speech.size && !g->count) {
        sim_params_add(&p, "SpeechResult", buf_span(&g->speech));
        sim_params_text(&p, "Confidence",
                        arena_printf(p.arena, "%d.%02d", g->confidence / 100, g->confidence % 100));
        sim_params_add(&p, "Language", sim_run_attr(g->verb, "language", "en-US"));
    } else {
        sim_params_text(&p, "Digits", g->keys);
        sim_params_add(&p, "FinishedOnKey", (struct span){&finished_by, finished_by ? 1 : 0});
        sim_params_text(&p, "msg", "Gather End");
    }
    sim_run_fetch(run, xml_attr_get(g->verb, "action"), sim_run_attr(g->verb, "method", "POST"),
                  &p);
}

static void gather_end(struct sim_run *run, char finished_by)
{
    const struct gather *g = run->state;

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    if (g->count || g->speech.size || sim_run_flag(g->verb, "actionOnEmptyResult", false))
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

/* Words stop the prompts too; the first key takes the place of all words. */
static void gather_speech(struct sim_run *run, struct span words, int confidence)
{
    struct gather *g = run->state;

    if (g->count)
        return;
    if (g->speech.size)
        buf_add_char(&g->speech, ' ');
    buf_add(&g->speech, words);
    g->confidence = confidence;
    g->prompt = NULL;
    sim_run_wait(run, g->silence_ms, gather_lapse);
}

static int64_t silence_ms(const struct xml_node *verb, int64_t timeout_ms)
{
    if (span_is_text(xml_attr_get(verb, "speechTimeout"), "auto"))
        return AUTO_SILENCE_MS;
    return sim_run_number(verb, "speechTimeout", 1, 3600, timeout_ms / 1000) * 1000;
}

void sim_input_gather(struct sim_run *run, const struct xml_node *verb)
{
    struct gather *g = ARENA_NEW(run->arena, struct gather);
    const struct span input = sim_run_attr(verb, "input", "dtmf");

    *g = (struct gather){
        .verb = verb,
        .prompt = verb->child,
        .want = (size_t)sim_run_number(verb, "numDigits", 1, KEYS_MAX, 0),
        .timeout_ms = sim_run_number(verb, "timeout", 0, 3600, 5) * 1000,
        .finish = sim_run_attr(verb, "finishOnKey", "#"),
        .speech = buf_in(run->arena, SPEECH_MAX),
    };
    g->silence_ms = silence_ms(verb, g->timeout_ms);
    run->state = g;
    if (memmem(input.data, input.size, "dtmf", 4))
        run->key = gather_key;
    if (memmem(input.data, input.size, "speech", 6))
        run->speech = gather_speech;
    gather_prompt(run);
}

struct record {
    const struct xml_node *verb;
    int64_t since_ms, max_ms;
};

static void read_wish(struct sim_run *run, struct sim_recording_wish *out)
{
    const struct record *r = run->state;
    const struct span method = sim_run_attr(r->verb, "recordingStatusCallbackMethod", "POST");
    const char *transcribe = sim_run_address(run, r->verb, "transcribeCallback");

    *out = (struct sim_recording_wish){
        .status.url = sim_run_address(run, r->verb, "recordingStatusCallback"),
        .status.method = span_is_text(method, "GET") ? "GET" : "POST",
        .status.events = sim_recording_events(
            sim_run_attr(r->verb, "recordingStatusCallbackEvent", "completed")),
        .transcribe = transcribe,
    };
}

/* `ended_by` is a key, 0 for silence or the longest length, 'h' for a hang-up. */
static void record_end(struct sim_run *run, char ended_by)
{
    const struct record *r = run->state;
    struct sim_world *w = run->leg->world;
    struct sim_recording *kept = sim_world_recording_made(run->leg);
    struct sim_recording_wish wish;
    struct sim_params p = {.arena = arena_open(0)};
    const char key[2] = {ended_by, 0};

    sim_agenda_cancel(w->agenda, &run->timer);
    read_wish(run, &wish);
    kept->since_ms = r->since_ms;
    kept->seconds = (sim_world_now(w) - r->since_ms) / 1000;
    kept->words = run->leg->voicemail_words;
    sim_recording_params(kept, &p);
    sim_params_text(&p, "Digits", ended_by == 'h' ? "hangup" : key);
    sim_recording_done(kept, &wish);
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
    struct sim_recording_wish wish;

    read_wish(run, &wish);
    sim_recording_absent(run->leg, &wish);
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
    const int64_t silence_s = sim_run_number(verb, "timeout", 0, 3600, 5);
    const int64_t speech_ms = leg->voicemail_ms;

    *r = (struct record){.verb = verb,
                         .since_ms = sim_world_now(leg->world),
                         .max_ms = sim_run_number(verb, "maxLength", 2, 86400, 3600) * 1000};
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
