/* test/model/model_texts.c - a hundred thousand stories of texts, each from its own seed: nothing
 * is lost, misdirected or sent twice unmarked, no step begins early, and all comes to an end.
 */
#include <stdio.h>

#include "model_story.h"

static struct world world;
static uint64_t events, crossed;

static void tell(uint64_t seed, bool aloud)
{
    world.scene.is_told = aloud;
    story_tell(&world, seed);
    events += world.events;
    crossed += world.crossed;
}

static void sum_up(uint64_t stories)
{
    printf("%llu stories, %llu events, %llu replies that crossed with a text of ours\n",
           (unsigned long long)stories, (unsigned long long)events, (unsigned long long)crossed);
    world_end(&world);
}

int main(int argc, char **argv)
{
    static const struct model model = {"model_texts", 0, tell, sum_up};

    return model_run(&model, argc, argv);
}
