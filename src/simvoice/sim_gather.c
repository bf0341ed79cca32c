#include "simvoice/sim_gather.h"

#include <string.h>

#include "simhook/sim_element.h"
#include "simvoice/sim_play.h"

enum { KEYS_MAX = 1024, SPEECH_MAX = 4096, AUTO_SILENCE_MS = 1000 };

struct gather {
    const struct xml_node *verb, *prompt; /* prompt: the nested verb to come */
    char keys[KEYS_MAX + 1];
    size_t count, want; /* want 0: any number */
    int64_t timeout_ms;
    struct span finish; /* one key, or empty */
    struct buf speech;  /* what was said so far */
    int confidence;     /* of the last of it, in percent */
    int64_t silence_ms; /* that ends speech */
    int64_t spoke_ms;   /* when speech began; 0: not yet */
    int pieces;         /* of speech, told so far */
    bool prompting, barge_in;
    bool complete; /* but the prompts are not over */
    char finished_by;
};

static void gather_submit(struct sim_run *run)
{
    const struct gather *g = run->state;
    struct sim_params p = {.arena = run->arena};

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    if (g->speech.size && !g->count) {
        sim_params_add(&p, "SpeechResult", buf_span(&g->speech));
        sim_params_text(&p, "Confidence",
                        arena_printf(p.arena, "%d.%02d", g->confidence / 100, g->confidence % 100));
        sim_params_add(&p, "Language", sim_element_value(g->verb, "language"));
    } else {
        sim_params_text(&p, "Digits", g->keys);
        sim_params_add(&p, "FinishedOnKey", (struct span){&g->finished_by, g->finished_by ? 1 : 0});
        sim_params_text(&p, "msg", "Gather End");
    }
    sim_run_fetch(run, xml_attr_get(g->verb, "action"),
                  span_of(sim_element_method(g->verb, "method")), &p);
}

static void gather_end(struct sim_run *run)
{
    const struct gather *g = run->state;

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    if (g->count || g->speech.size || sim_element_flag(g->verb, "actionOnEmptyResult"))
        gather_submit(run);
    else
        sim_run_next(run);
}

/* Until the next key, or the end of what is said. */
static void listen_on(struct sim_run *run)
{
    struct gather *g = run->state;
    const int64_t most_ms = sim_element_number(g->verb, "maxSpeechTime") * 1000;
    const int64_t spoken_ms = sim_world_now(run->leg->world) - g->spoke_ms;
    int64_t ms = g->timeout_ms;

    if (g->speech.size && !g->count) {
        const int64_t left_ms = most_ms > spoken_ms ? most_ms - spoken_ms : 0;
        ms = g->silence_ms < left_ms ? g->silence_ms : left_ms;
    }
    sim_run_wait(run, ms, gather_end);
}

static void gather_prompt(struct sim_run *run)
{
    struct gather *g = run->state;

    while (g->prompt) {
        const struct xml_node *node = g->prompt;
        g->prompt = node->next;
        if (node->name.size && sim_play_prompt(run, node, gather_prompt))
            return;
    }
    g->prompting = false;
    if (g->complete)
        gather_end(run);
    else
        listen_on(run);
}

/* Something came in: the prompts stop, unless they are to be heard to the end. */
static void go_on(struct sim_run *run, bool complete)
{
    struct gather *g = run->state;

    g->complete = g->complete || complete;
    if (g->prompting && !g->barge_in)
        return;
    g->prompt = NULL;
    g->prompting = false;
    sim_play_stop(run);
    if (g->complete)
        gather_end(run);
    else
        listen_on(run);
}

/* A key counts, and the wait for the next one starts anew. */
static void gather_key(struct sim_run *run, char key)
{
    struct gather *g = run->state;

    if (g->complete)
        return;
    if (g->finish.size && g->finish.data[0] == key) {
        g->finished_by = key;
        go_on(run, true);
        return;
    }
    if (g->count < KEYS_MAX)
        g->keys[g->count++] = key;
    go_on(run, g->want && g->count >= g->want);
}

static void tell_piece(struct sim_run *run)
{
    struct gather *g = run->state;
    const char *url = sim_run_address(run, g->verb, "partialResultCallback");
    struct sim_params p = {.arena = arena_open(0)};

    if (url) {
        sim_leg_params(run->leg, &p);
        sim_params_add(&p, "UnstableSpeechResult", buf_span(&g->speech));
        sim_params_text(&p, "StableSpeechResult", "");
        sim_params_text(&p, "Stability",
                        arena_printf(p.arena, "%d.%02d", g->confidence / 100, g->confidence % 100));
        sim_params_number(&p, "SequenceNumber", g->pieces++);
        sim_webhook_tell(
            &(struct sim_ask){.world = run->leg->world,
                              .account = run->leg->account,
                              .url = url,
                              .method = sim_element_method(g->verb, "partialResultCallbackMethod"),
                              .voice = true,
                              .subject = run->leg->sid,
                              .params = &p});
    }
    arena_close(&p.arena);
}

/* The first key takes the place of all words. */
static void gather_speech(struct sim_run *run, struct span words, int confidence)
{
    struct gather *g = run->state;

    if (g->count || g->complete)
        return;
    if (g->speech.size)
        buf_add_char(&g->speech, ' ');
    else
        g->spoke_ms = sim_world_now(run->leg->world);
    buf_add(&g->speech, words);
    g->confidence = confidence;
    tell_piece(run);
    go_on(run, false);
}

/* "auto" is not for the default model, and then nothing. */
static int64_t silence_ms(const struct xml_node *verb, int64_t timeout_ms)
{
    const struct span given = xml_attr_get(verb, "speechTimeout");
    const struct span model = xml_attr_get(verb, "speechModel");
    int64_t s;

    if (span_is_text(given, "auto") && model.size && !span_is_text(model, "default"))
        return AUTO_SILENCE_MS;
    return span_number(given, 1, 3600, &s) ? s * 1000 : timeout_ms;
}

void sim_gather_start(struct sim_run *run, const struct xml_node *verb)
{
    struct gather *g = ARENA_NEW(run->arena, struct gather);
    const struct span input = sim_element_value(verb, "input");

    *g = (struct gather){
        .verb = verb,
        .prompt = verb->child,
        .want = (size_t)sim_element_number(verb, "numDigits"),
        .timeout_ms = sim_element_number(verb, "timeout") * 1000,
        .finish = sim_element_value(verb, "finishOnKey"),
        .speech = buf_in(run->arena, SPEECH_MAX),
        .prompting = true,
        .barge_in = sim_element_flag(verb, "bargeIn"),
    };
    g->silence_ms = silence_ms(verb, g->timeout_ms);
    run->state = g;
    run->asks = true;
    if (memmem(input.data, input.size, "dtmf", 4))
        run->key = gather_key;
    if (memmem(input.data, input.size, "speech", 6))
        run->speech = gather_speech;
    gather_prompt(run);
}
