/* model_calls.c - a hundred thousand random calls, each story from its own seed: every call is
 * taken by one person, ends in the voicemail, is refused by rule or hung up by the caller; nobody
 * is bridged twice, nothing rings after the end, and nobody waits beyond the hard end.
 *
 * model_calls [--seed N] [--stories N] [--verbose]: N stories from seed N on. A story that
 * breaks a promise is told event by event, and `--seed N --stories 1` tells it again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls_checks.h"
#include "calls_engine.h"

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

/* A customer as a rule, now and then an operator, or a number that is withheld. */
static void add_call(struct world *w, int64_t after_ms)
{
    struct call *call = &w->calls[w->call_count++];
    const int who = calls_world_roll(w, 20);

    (void)snprintf(call->sid, sizeof call->sid, "CA%d", w->call_count);
    (void)snprintf(call->from, sizeof call->from, "%s",
                   who == 0   ? w->people[calls_world_roll(w, OPERATORS)].phone
                   : who == 1 ? "anonymous"
                   : who == 2 ? "+13125550123" /* blocked */
                   : who < 10 ? "+13125550121"
                              : "+13125550122");
    call->state = CALL_ASKS;
    calls_world_plan(w, after_ms, (struct item){.kind = ITEM_ARRIVE, .call = call});
    if (calls_world_chance(w, 35))
        calls_world_plan(
            w, after_ms + 1 + calls_world_roll(w, calls_world_chance(w, 20) ? S : 2 * MIN),
            (struct item){.kind = ITEM_HANG_UP, .call = call});
}

static void tell(bool is_told)
{
    struct world *const w = &world;

    w->is_told = is_told;
    calls_world_begin(w, seed);
    calls_world_say(w, "wait %d s, legs are dropped at %s%s", w->roster.wait_s,
                    w->drops_at_pick_up ? "pick-up" : "bridge",
                    w->roster.still_trying ? ", still trying" : "");
    add_call(w, 0);
    if (calls_world_chance(w, 20))
        add_call(w, calls_world_roll(w, MIN));
    MUST(calls_engine_run(w), "it never comes to an end");
    calls_checks_end(w);
}

/* Once more, aloud. */
static int show(void)
{
    if (sigsetjmp(broken, 1) == 0)
        tell(true);
    printf("story %llu: %s\nmodel_calls --seed %llu --stories 1 tells it again\n",
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
    for (seed = args.seed; seed < args.seed + args.stories; seed++)
        tell(args.verbose);
    printf("%llu stories, %llu events\n", (unsigned long long)args.stories,
           (unsigned long long)world.events);
    for (int i = OUTCOME_NONE + 1; i < OUTCOMES; i++)
        printf("%llu %s, ", (unsigned long long)world.tally[i], outcome_name((enum outcome)i));
    printf("%llu that never reached us; %llu were taken by somebody who was gone by then\n",
           (unsigned long long)world.tally[OUTCOMES], (unsigned long long)world.vanished);
}

int main(int argc, char **argv)
{
    if (!read_args(argc, argv)) {
        (void)fputs("usage: model_calls [--seed N] [--stories N] [--verbose]\n", stderr);
        return 2;
    }
    (void)signal(SIGABRT, aborted);
    (void)signal(SIGSEGV, aborted);
    if (sigsetjmp(broken, 1))
        return show();
    tell_all();
    calls_world_end(&world);
    return 0;
}
