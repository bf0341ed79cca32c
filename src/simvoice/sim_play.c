#include "simvoice/sim_play.h"

#include <string.h>

#include "simhook/sim_element.h"

enum {
    SAY_MS_A_CHARACTER = 60, /* about 150 words a minute */
    PLAY_MS = 3000,          /* the length of a sound that does not tell */
    KEY_MS = 500,
    BREAK_MS = 500,
    BREAK_MS_MAX = 10000,
    LOOPS_MAX = 1000,
    PROMPT_MS_MAX = 3600 * 1000,
    WAV_RATE_AT = 28, /* where a WAV tells its bytes a second */
    WAV_HEADER = 44,
    ERROR_TYPE = 13420,
    ERROR_TYPE_IN_GATHER = 13325,
};

/* A sound on its way, and for which prompt of the run. */
struct wanted {
    struct sim_run *run;
    const struct xml_node *verb;
    const char *url;
    unsigned prompt;
    void (*then)(struct sim_run *run);
};

static int64_t looped(const struct xml_node *verb, int64_t ms)
{
    const int64_t asked = sim_element_number(verb, "loop");
    const int64_t loops = asked == 0 || asked > LOOPS_MAX ? LOOPS_MAX : asked;

    return ms * loops < PROMPT_MS_MAX ? ms * loops : PROMPT_MS_MAX;
}

int64_t sim_play_keys_ms(struct span keys)
{
    int64_t ms = 0;

    for (size_t i = 0; i < keys.size; i++)
        ms += keys.data[i] == 'W' ? 2 * KEY_MS : KEY_MS;
    return ms;
}

/* "2s" or "500ms" of a <break>; without a time, what one is usually. */
static int64_t break_ms(struct span time)
{
    const bool ms = time.size > 2 && time.data[time.size - 2] == 'm';
    const struct span digits = {time.data, time.size - (ms ? 2 : 1)};
    int64_t n;

    if (!time.size || time.data[time.size - 1] != 's' || !span_number(digits, 0, BREAK_MS_MAX, &n))
        return BREAK_MS;
    n = ms ? n : n * 1000;
    return n < BREAK_MS_MAX ? n : BREAK_MS_MAX;
}

/* The silences written into the words. */
static int64_t breaks_ms(const struct xml_node *node)
{
    int64_t ms = 0;

    for (const struct xml_node *n = node->child; n; n = n->next)
        ms += span_is_text(n->name, "break") ? break_ms(xml_attr_get(n, "time")) : breaks_ms(n);
    return ms < PROMPT_MS_MAX ? ms : PROMPT_MS_MAX;
}

static int64_t say(struct sim_run *run, const struct xml_node *verb)
{
    const struct span words = sim_run_words(run, verb);

    if (!words.size)
        return 0;
    sim_leg_hear(run->leg, words);
    return looped(verb, (int64_t)words.size * SAY_MS_A_CHARACTER + breaks_ms(verb));
}

static uint32_t little(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static int64_t length_ms(struct span sound)
{
    const bool wav = sound.size > WAV_HEADER && memcmp(sound.data, "RIFF", 4) == 0;
    const uint32_t rate = wav ? little(sound.data + WAV_RATE_AT) : 0;

    return rate ? (int64_t)(sound.size - WAV_HEADER) * 1000 / rate : PLAY_MS;
}

static bool is_playable(struct span type)
{
    static const char *const known[] = {
        "audio/mpeg",   "audio/wav",    "audio/wave",  "audio/x-wav", "audio/aiff",
        "audio/x-aifc", "audio/x-aiff", "audio/x-gsm", "audio/gsm",   "audio/ulaw",
    };
    struct span parameters;
    const struct span kind = span_trim(span_cut(type, ';', &parameters));

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (span_is_nocase(kind, span_of(known[i])))
            return true;
    return false;
}

static void sound_heard(struct sim_run *run, const struct wanted *w, int64_t ms)
{
    sim_leg_hear(run->leg, span_of(arena_printf(run->leg->arena, "[play %s]", w->url)));
    sim_run_wait(run, looped(w->verb, ms), w->then);
}

static void arrived(void *ctx, const struct sim_reply *reply)
{
    const struct wanted *w = ctx;
    struct sim_run *run = w->run;
    struct arena *arena = reply->arena;
    const bool in_force = !run->closed && run->prompt == w->prompt;

    if (in_force && !reply->error && is_playable(reply->type)) {
        sound_heard(run, w, length_ms(reply->body));
    } else if (in_force) {
        if (!reply->error)
            sim_run_warn(run, w->then == sim_run_next ? ERROR_TYPE : ERROR_TYPE_IN_GATHER,
                         "the sound %s is \"%.*s\", which is not played", w->url,
                         SPAN_ARG(reply->type));
        sim_run_wait(run, 0, w->then);
    }
    arena_close(&arena);
}

static void fetch(struct sim_run *run, const struct wanted *w)
{
    struct sim_params none = {.arena = run->leg->arena};

    sim_webhook_ask(&(struct sim_ask){.world = run->leg->world,
                                      .account = run->leg->account,
                                      .url = w->url,
                                      .method = "GET",
                                      .voice = true,
                                      .media = true,
                                      .jar = &run->leg->jar,
                                      .subject = run->leg->sid,
                                      .params = &none},
                    arrived, (void *)(uintptr_t)w);
}

static void play(struct sim_run *run, const struct xml_node *verb, void (*then)(struct sim_run *))
{
    const struct span keys = sim_element_value(verb, "digits");
    const struct span url = sim_run_words(run, verb);
    struct wanted *w = ARENA_NEW(run->leg->arena, struct wanted);

    if (keys.data) {
        sim_leg_hear(run->leg, span_of(arena_printf(run->arena, "[play %.*s]", SPAN_ARG(keys))));
        sim_run_wait(run, looped(verb, sim_play_keys_ms(keys)), then);
        return;
    }
    *w = (struct wanted){run, verb, sim_run_resolve(run, url), ++run->prompt, then};
    if (!url.size || !w->url)
        sim_run_wait(run, 0, then);
    else if (!verb->line) /* the answer to a request for a document was the sound itself */
        sound_heard(run, w, PLAY_MS);
    else
        fetch(run, w);
}

void sim_play_stop(struct sim_run *run)
{
    run->prompt++;
    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
}

bool sim_play_prompt(struct sim_run *run, const struct xml_node *verb,
                     void (*then)(struct sim_run *run))
{
    if (span_is_text(verb->name, "Say"))
        sim_run_wait(run, say(run, verb), then);
    else if (span_is_text(verb->name, "Pause"))
        sim_run_wait(run, sim_element_number(verb, "length") * 1000, then);
    else if (span_is_text(verb->name, "Play"))
        play(run, verb, then);
    else
        return false;
    return true;
}
