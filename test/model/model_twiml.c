/* model_twiml.c - a hundred thousand documents of every kind, each rendered twice: with hostile
 * words wherever something comes from outside, and with plain ones. Both are what the carrier
 * takes, and both are built alike.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "hostile.h"
#include "model_run.h"
#include "provider/twiml.h"
#include "twiml_draft.h"
#include "twiml_judge.h"

enum { LONG_BYTES = 2000 };

static struct {
    struct arena *arena;
    struct twiml_judge *judge;
    uint64_t documents, of_kind[ANSWERS], readings, longest;
} model;

static struct twiml_words hostile(struct dice *dice)
{
    struct arena *a = model.arena;
    struct twiml_words w = {
        .business = hostile_words(a, dice, LIMIT_NAME_SIZE - 1),
        .customer = hostile_words(a, dice, LIMIT_PARTY_SIZE - 1),
        .customer_name = hostile_words(a, dice, LIMIT_NAME_SIZE - 1),
        .job = hostile_words(a, dice, JOB_SIZE - 1),
        .name = hostile_words(a, dice, LIMIT_NAME_SIZE - 1),
        .body = hostile_words(a, dice, LIMIT_BODY_BYTES),
        .caller_id = hostile_words(a, dice, LIMIT_PARTY_SIZE - 1),
        .number = hostile_words(a, dice, LIMIT_PARTY_SIZE - 1),
        .path = span_of(arena_printf(a, "/api/jobs/%.*s/call-webhook",
                                     SPAN_ARG(hostile_segment(a, dice, JOB_SIZE - 1)))),
    };

    for (int i = 0; i < SCRIPT_FIELDS; i++) {
        w.values[i] = hostile_words(a, dice, LIMIT_PARTY_SIZE - 1);
        if (dice_throw(dice, 20) == 0) /* what is cut leaves something to be seen */
            w.values[i] =
                span_of(arena_printf(a, "x%.*s", SPAN_ARG(hostile_words(a, dice, LONG_BYTES))));
    }
    return w;
}

static struct span judge(struct span document)
{
    struct span shape = {NULL, 0};
    const char *why = twiml_judge(model.judge, model.arena, document, &shape);

    model.documents++;
    if (document.size > model.longest)
        model.longest = document.size;
    MUST(!why, "%s\n%.*s", why, SPAN_ARG(document));
    return shape;
}

static void must_be_alike(struct span hostile, struct span plain)
{
    const struct span got = judge(hostile), want = judge(plain);

    MUST(span_is(got, want), "%.*s\nis built as\n%.*s\nand not as\n%.*s", SPAN_ARG(hostile),
         SPAN_ARG(got), SPAN_ARG(want));
}

/* A text that is read out: its document travels with a request, which has little room. */
static void read_out(const struct twiml_words *hostile, const struct twiml_words *plain)
{
    const struct span document = twiml_draft_reading(model.arena, hostile);

    MUST(utf8_count(document) <= TWIML_CHARACTERS_MAX, "a reading of %zu characters",
         utf8_count(document));
    model.readings++;
    must_be_alike(document, twiml_draft_reading(model.arena, plain));
}

static void tell(uint64_t seed, bool aloud)
{
    struct dice dice = dice_from(seed);

    arena_reset(model.arena);
    for (int i = 0; i < 8; i++)
        (void)dice_throw(&dice, 2); /* seeds beside one another begin alike */
    const struct twiml_draft d = twiml_draft(&dice);
    const struct twiml_words w = hostile(&dice), p = twiml_draft_plain(&w);
    const struct span document = twiml_draft_render(model.arena, &d, &w);
    if (aloud)
        printf("%.*s\n", SPAN_ARG(document));
    model.of_kind[d.answer.kind]++;
    must_be_alike(document, twiml_draft_render(model.arena, &d, &p));
    if (seed % 8 == 0)
        read_out(&w, &p);
}

static void sum_up(uint64_t stories)
{
    printf("%llu stories, %llu documents, the longest of %llu bytes; %llu texts read out;",
           (unsigned long long)stories, (unsigned long long)model.documents,
           (unsigned long long)model.longest, (unsigned long long)model.readings);
    for (int i = 0; i < ANSWERS; i++)
        printf(" %llu", (unsigned long long)model.of_kind[i]);
    printf(" of the kinds of answers\n");
}

int main(int argc, char **argv)
{
    static const struct model twiml = {"model_twiml", 0, tell, sum_up};

    model.arena = arena_open(1 << 18);
    model.judge = twiml_judge_open(TWIML_DRAFT_OWN);
    twiml_draft_open();
    const int status = model_run(&twiml, argc, argv);
    twiml_draft_close();
    twiml_judge_close(&model.judge);
    arena_close(&model.arena);
    return status;
}
