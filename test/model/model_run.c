#include "model_run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sigjmp_buf broken;
static char why[1024];
static uint64_t seed; /* of the story that is told */

static struct args {
    uint64_t seed, stories;
    bool verbose;
} args = {1, 0, false};

void model_fail(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(why, sizeof why, format, list);
    va_end(list);
    siglongjmp(broken, 1);
}

/* A CHECK of the code under test. */
static void aborted(int sig)
{
    (void)sig;
    (void)snprintf(why, sizeof why, "the code aborts");
    siglongjmp(broken, 1);
}

/* Once more, aloud. */
static int show(const struct model *model)
{
    if (sigsetjmp(broken, 1) == 0)
        model->tell(seed, true);
    printf("story %llu: %s\n%s --seed %llu --stories 1 tells it again\n", (unsigned long long)seed,
           why, model->name, (unsigned long long)seed);
    return 1;
}

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

int model_run(const struct model *model, int argc, char **argv)
{
    if (!read_args(argc, argv)) {
        (void)fprintf(stderr, "usage: %s [--seed N] [--stories N] [--verbose]\n", model->name);
        return 2;
    }
    if (!args.stories)
        args.stories = model->stories ? model->stories : 100000;
    (void)signal(SIGABRT, aborted);
    (void)signal(SIGSEGV, aborted);
    if (sigsetjmp(broken, 1))
        return show(model);
    for (seed = args.seed; seed < args.seed + args.stories; seed++)
        model->tell(seed, args.verbose);
    model->sum_up(args.stories);
    return 0;
}
