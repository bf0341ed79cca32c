/* test/model/model_texts.c - a hundred thousand stories of texts, each from its own seed: nothing
 * is lost, misdirected or sent twice unmarked, no step begins early, and all comes to an end.
 *
 * model_texts [--seed N] [--stories N] [--verbose]: N stories from seed N on. A story that
 * breaks a promise is told event by event, and `--seed N --stories 1` tells it again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_story.h"

static struct world world;
static sigjmp_buf broken;
static char why[1024];
static uint64_t seed; /* of the story that is told */

void model_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    siglongjmp(broken, 1);
}

/* A CHECK of the code under test. */
static void aborted(int sig)
{
    (void)sig;
    (void)snprintf(why, sizeof why, "the code aborts");
    siglongjmp(broken, 1);
}

static void tell(bool is_told)
{
    world.is_told = is_told;
    story_tell(&world, seed);
}

/* Once more, aloud. */
static int show(void)
{
    if (sigsetjmp(broken, 1) == 0)
        tell(true);
    printf("story %llu: %s\nmodel_texts --seed %llu --stories 1 tells it again\n",
           (unsigned long long)seed, why, (unsigned long long)seed);
    return 1;
}

static struct args {
    uint64_t seed, stories;
    bool verbose;
} args = {1, 100000, false};

static bool read_args(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--verbose") == 0)
            args.verbose = true;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            args.seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--stories") == 0 && i + 1 < argc)
            args.stories = strtoull(argv[++i], NULL, 10);
        else
            return false;
    }
    return true;
}

static void tell_all(void)
{
    uint64_t events = 0, crossed = 0;

    for (seed = args.seed; seed < args.seed + args.stories; seed++) {
        tell(args.verbose);
        events += world.events;
        crossed += world.crossed;
    }
    printf("%llu stories, %llu events, %llu replies that crossed with a text of ours\n",
           (unsigned long long)args.stories, (unsigned long long)events,
           (unsigned long long)crossed);
}

int main(int argc, char **argv)
{
    if (!read_args(argc, argv)) {
        (void)fputs("usage: model_texts [--seed N] [--stories N] [--verbose]\n", stderr);
        return 2;
    }
    (void)signal(SIGABRT, aborted);
    (void)signal(SIGSEGV, aborted);
    if (sigsetjmp(broken, 1))
        return show();
    tell_all();
    world_end(&world);
    return 0;
}
