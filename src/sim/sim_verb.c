#include "sim/sim_verb.h"

enum {
    SAY_MS_A_CHARACTER = 60, /* about 150 words a minute */
    PLAY_MS = 3000,          /* the length of a recording nobody loads */
    KEY_MS = 500,
    LOOPS_MAX = 1000,
    PROMPT_MS_MAX = 3600 * 1000,
};

static int64_t looped(const struct xml_node *verb, int64_t ms)
{
    const int64_t asked = sim_run_number(verb, "loop", 0, INT32_MAX, 1);
    const int64_t loops = asked == 0 || asked > LOOPS_MAX ? LOOPS_MAX : asked;

    return ms * loops < PROMPT_MS_MAX ? ms * loops : PROMPT_MS_MAX;
}

static int64_t say(struct sim_run *run, const struct xml_node *verb)
{
    const struct span words = sim_run_words(run, verb);

    if (!words.size)
        return 0;
    sim_leg_hear(run->leg, words);
    return looped(verb, (int64_t)words.size * SAY_MS_A_CHARACTER);
}

static int64_t play(struct sim_run *run, const struct xml_node *verb)
{
    const struct span keys = xml_attr_get(verb, "digits");
    const struct span url = sim_run_words(run, verb);

    if (!keys.data && !url.size)
        return 0;
    sim_leg_hear(run->leg, span_of(arena_printf(run->arena, "[play %.*s]",
                                                SPAN_ARG(keys.data ? keys : url))));
    return looped(verb, keys.data ? (int64_t)keys.size * KEY_MS : PLAY_MS);
}

int64_t sim_verb_prompt(struct sim_run *run, const struct xml_node *verb)
{
    if (span_is_text(verb->name, "Say"))
        return say(run, verb);
    if (span_is_text(verb->name, "Play"))
        return play(run, verb);
    if (span_is_text(verb->name, "Pause"))
        return sim_run_number(verb, "length", 1, PROMPT_MS_MAX / 1000, 1) * 1000;
    return -1;
}

static void prompt(struct sim_run *run, const struct xml_node *verb)
{
    sim_run_wait(run, sim_verb_prompt(run, verb), sim_run_next);
}

void sim_verb_say(struct sim_run *run, const struct xml_node *verb)
{
    prompt(run, verb);
}

void sim_verb_play(struct sim_run *run, const struct xml_node *verb)
{
    prompt(run, verb);
}

void sim_verb_pause(struct sim_run *run, const struct xml_node *verb)
{
    prompt(run, verb);
}

void sim_verb_redirect(struct sim_run *run, const struct xml_node *verb)
{
    sim_run_fetch(run, sim_run_words(run, verb), sim_run_attr(verb, "method", "POST"), NULL);
}

void sim_verb_hang_up(struct sim_run *run, const struct xml_node *verb)
{
    (void)verb;
    sim_run_finish(run, SIM_RUN_HANG_UP);
}

void sim_verb_reject(struct sim_run *run, const struct xml_node *verb)
{
    const bool busy = span_is_text(xml_attr_get(verb, "reason"), "busy");

    sim_leg_end(run->leg, busy ? SIM_BUSY : SIM_NO_ANSWER);
}
