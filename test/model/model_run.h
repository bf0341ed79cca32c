/* test/model/model_run.h - plays a model's stories, each from its own seed, and tells the one that
 * breaks a promise once more, aloud.
 *
 * NAME [--seed N] [--stories N] [--verbose]: N stories from seed N on, by default the model's own
 * number of them. A story also breaks when the code under test aborts. `--seed N --stories 1` tells
 * it again.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct model {
    const char *name;
    uint64_t stories;                        /* by default; 0: 100,000 */
    void (*tell)(uint64_t seed, bool aloud); /* one story; model_fail ends it */
    void (*sum_up)(uint64_t stories);        /* all went well: prints what they came to */
};

/* The exit status: 0, 1 after a broken story, 2 for wrong usage. */
int model_run(const struct model *model, int argc, char **argv);

/* Ends the story; never returns. */
__attribute__((format(printf, 1, 2), noreturn)) void model_fail(const char *format, ...);

/* `...` says what is not so, for printf. */
#define MUST(x, ...) ((x) ? (void)0 : model_fail(__VA_ARGS__))

#endif
