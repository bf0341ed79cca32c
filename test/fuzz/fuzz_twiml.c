/* Any words of outsiders in an answer of any kind: the document is one that the carrier takes, and
 * is built as with plain words. The first eight bytes choose the document, the rest are the
 * words, each ended by a NUL; what is missing is empty. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "model/rows.h"
#include "provider/twiml.h"
#include "twiml_draft.h"
#include "twiml_judge.h"

static struct twiml_judge *judge;

/* The next word, at most so long. */
static struct span take(struct span *rest, size_t most)
{
    const struct span word = span_cut(*rest, 0, rest);

    return (struct span){word.data, word.size < most ? word.size : most};
}

static struct twiml_words words_of(struct span rest)
{
    struct twiml_words w = {
        .business = take(&rest, LIMIT_NAME_SIZE - 1),
        .customer = take(&rest, LIMIT_PARTY_SIZE - 1),
        .customer_name = take(&rest, LIMIT_NAME_SIZE - 1),
        .job = take(&rest, JOB_SIZE - 1),
        .name = take(&rest, LIMIT_NAME_SIZE - 1),
        .body = take(&rest, LIMIT_BODY_BYTES),
        .caller_id = take(&rest, LIMIT_PARTY_SIZE - 1),
        .number = take(&rest, LIMIT_PARTY_SIZE - 1),
        .path = SPAN("/webhook/twilio/voice"),
    };

    for (int i = 0; i < SCRIPT_FIELDS; i++)
        w.values[i] = take(&rest, LIMIT_PARTY_SIZE - 1);
    return w;
}

static struct span shape_of(struct arena *arena, struct span document)
{
    struct span shape = {NULL, 0};
    const char *why = twiml_judge(judge, arena, document, &shape);

    if (why)
        fprintf(stderr, "%s\n%.*s\n", why, SPAN_ARG(document));
    CHECK(!why);
    return shape;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t seed = 0;

    if (size < sizeof seed)
        return 0;
    if (!judge) {
        judge = twiml_judge_open(TWIML_DRAFT_OWN);
        twiml_draft_open();
    }
    memcpy(&seed, data, sizeof seed);
    struct dice dice = dice_from(seed);
    struct arena *arena = arena_open(1 << 18);
    const struct twiml_draft d = twiml_draft(&dice);
    const struct twiml_words w =
        words_of((struct span){(const char *)data + sizeof seed, size - sizeof seed});
    const struct twiml_words plain = twiml_draft_plain(&w);

    CHECK(span_is(shape_of(arena, twiml_draft_render(arena, &d, &w)),
                  shape_of(arena, twiml_draft_render(arena, &d, &plain))));
    const struct span reading = twiml_draft_reading(arena, &w);
    CHECK(utf8_count(reading) <= TWIML_CHARACTERS_MAX);
    CHECK(span_is(shape_of(arena, reading), shape_of(arena, twiml_draft_reading(arena, &plain))));
    arena_close(&arena);
    return 0;
}
