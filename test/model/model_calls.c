/* model_calls.c - a hundred thousand random calls, each story from its own seed: every call is
 * taken by one person, ends in the voicemail, is refused by rule or hung up by the caller; nobody
 * is bridged twice, nothing rings after the end, and nobody waits beyond the hard end.
 */
#include <stdio.h>

#include "calls_checks.h"
#include "calls_engine.h"

static struct world world;

/* A customer as a rule, now and then an operator, or a number that is withheld. */
static void add_call(struct world *w, int64_t after_ms)
{
    struct call *call = &w->calls[w->call_count++];
    const int who = scene_roll(&w->scene, 20);

    (void)snprintf(call->sid, sizeof call->sid, "CA%d", w->call_count);
    (void)snprintf(call->from, sizeof call->from, "%s",
                   who == 0   ? w->people[scene_roll(&w->scene, OPERATORS)].phone
                   : who == 1 ? "anonymous"
                   : who == 2 ? "+13125550123" /* blocked */
                   : who < 10 ? "+13125550121"
                              : "+13125550122");
    call->state = CALL_ASKS;
    calls_world_plan(w, after_ms, (struct item){.kind = ITEM_ARRIVE, .call = call});
    if (scene_chance(&w->scene, 35))
        calls_world_plan(
            w, after_ms + 1 + scene_roll(&w->scene, scene_chance(&w->scene, 20) ? S : 2 * MIN),
            (struct item){.kind = ITEM_HANG_UP, .call = call});
}

static void tell(uint64_t seed, bool aloud)
{
    struct world *const w = &world;

    w->scene.is_told = aloud;
    calls_world_begin(w, seed);
    scene_say(&w->scene, "wait %d s, legs are dropped at %s%s", w->scene.roster.wait_s,
              w->drops_at_pick_up ? "pick-up" : "bridge",
              w->scene.roster.still_trying ? ", still trying" : "");
    add_call(w, 0);
    if (scene_chance(&w->scene, 20))
        add_call(w, scene_roll(&w->scene, MIN));
    MUST(calls_engine_run(w), "it never comes to an end");
    calls_checks_end(w);
}

static void sum_up(uint64_t stories)
{
    printf("%llu stories, %llu events\n", (unsigned long long)stories,
           (unsigned long long)world.events);
    for (int i = OUTCOME_NONE + 1; i < OUTCOMES; i++)
        printf("%llu %s, ", (unsigned long long)world.tally[i], outcome_name((enum outcome)i));
    printf("%llu that never reached us; %llu were taken by somebody who was gone by then\n",
           (unsigned long long)world.tally[OUTCOMES], (unsigned long long)world.vanished);
    calls_world_end(&world);
}

int main(int argc, char **argv)
{
    static const struct model model = {"model_calls", 0, tell, sum_up};

    return model_run(&model, argc, argv);
}
