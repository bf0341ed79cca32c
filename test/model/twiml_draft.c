#include "twiml_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/script_file.h"
#include "config/scripts.h"
#include "hostile.h"
#include "provider/twiml.h"
#include "rules/words.h"

#define OWN TWIML_DRAFT_OWN

enum { SETS = 4 };

static struct arena *scripts_arena;
static struct scripts *folders[SETS - 1];
static struct script_set own;

static const uint8_t key[CALLBACK_KEY_BYTES] = {7};
static const struct callback callback = {SPAN(OWN), key};

/* ---- scripts ---- */

/* A field stands wherever one may stand. */
#define EVERYWHERE                                                                          \
    "{{business}}<emphasis level=\"strong\">{{caller_name}}<sub alias=\"{{job}}\">{{line}}" \
    "</sub></emphasis>{{operator}} {{time}}<phoneme alphabet=\"ipa\" ph=\"{{caller}}\">x"   \
    "</phoneme>"
#define SAY \
    "<Say language=\"en-US\">" EVERYWHERE "</Say><Say>{{caller}}</Say><Say><s>{{job}}</s></Say>"
#define GATHER(attrs) \
    "<Gather input=\"dtmf speech\" hints=\"{{caller_name}},{{job}}\"" attrs ">" SAY "</Gather>"

static const char *const own_texts[SCRIPT_KINDS] = {
    [SCRIPT_INBOUND_ROUTING] = "<Response>" GATHER(" numDigits=\"1\"") SAY "<Step/></Response>",
    [SCRIPT_SCREEN] = "<Response>" SAY "<Step>" SAY "</Step></Response>",
    [SCRIPT_VOICEMAIL] = "<Response>" SAY "<Step/>" SAY "<Hangup/></Response>",
    [SCRIPT_CLOSED] = "<Response>" GATHER(" action=\"" OWN "/keys\"") SAY "</Response>",
};

static void must_be_good(enum err err, const struct mistakes *mistakes, const char *what)
{
    if (!err)
        return;
    fprintf(stderr, "%s: %s\n", what, mistakes->count ? mistakes->list[0].words : "unreadable");
    exit(2);
}

void twiml_draft_open(void)
{
    static const char *const names[SETS - 1] = {NULL, "examples/scripts/menu",
                                                "examples/scripts/two-languages"};
    struct mistakes mistakes;

    scripts_arena = arena_open(0);
    mistakes_init(&mistakes, scripts_arena);
    for (int i = 0; i < SETS - 1; i++) {
        folders[i] = scripts_open(names[i]);
        must_be_good(scripts_load(folders[i], &mistakes), &mistakes, "a folder of scripts");
    }
    for (int kind = 0; kind < SCRIPT_KINDS; kind++) {
        const struct script_file file = {"own", (enum script_kind)kind, span_of(own_texts[kind])};
        must_be_good(script_file_parse(scripts_arena, &file, &own.verbs[kind], &mistakes),
                     &mistakes, "a script of this test");
    }
}

void twiml_draft_close(void)
{
    for (int i = 0; i < SETS - 1; i++)
        scripts_close(&folders[i]);
    arena_close(&scripts_arena);
}

static const struct script_set *script_set(int i)
{
    return i < SETS - 1 ? scripts_of(folders[i], SPAN("acme")) : &own;
}

/* The script that such an answer goes by, as call/hearing.h has it. */
static bool script_kind(enum answer_kind kind, enum script_kind *out)
{
    if (kind == ANSWER_RING)
        *out = SCRIPT_INBOUND_ROUTING;
    else if (kind == ANSWER_SCREEN)
        *out = SCRIPT_SCREEN;
    else if (kind == ANSWER_VOICEMAIL)
        *out = SCRIPT_VOICEMAIL;
    else if (kind == ANSWER_SAY)
        *out = SCRIPT_CLOSED;
    else
        return false;
    return true;
}

/* ---- words ---- */

static struct span plain_word(struct span hostile)
{
    return hostile_is_seen(hostile) ? SPAN("Anna") : (struct span){NULL, 0};
}

/* As much of each as the hostile ones have. */
struct twiml_words twiml_draft_plain(const struct twiml_words *of)
{
    struct twiml_words w = {
        .business = plain_word(of->business),
        .customer = SPAN("+16195550150"),
        .customer_name = plain_word(of->customer_name),
        .job = plain_word(of->job),
        .name = plain_word(of->name),
        .body = plain_word(of->body),
        .caller_id = of->caller_id.size ? SPAN("+16195550150") : (struct span){NULL, 0},
        .number = SPAN("+16195550111"),
        .path = SPAN("/webhook/twilio/voice"),
    };

    for (int i = 0; i < SCRIPT_FIELDS; i++)
        w.values[i] = plain_word(of->values[i]);
    return w;
}

static struct words_about about(const struct twiml_words *w)
{
    return (struct words_about){
        .business = w->business,
        .customer = w->customer,
        .customer_name = w->customer_name,
        .job = w->job,
        .name = w->name,
        .body = w->customer,
    };
}

/* One of all the sentences that somebody hears on a call. */
static struct span sentence(struct arena *arena, const struct twiml_words *w, uint32_t which)
{
    enum { OF_OUR_OWN = 7, TEXT = WORDS_SPOKEN_TEXT };
    const struct words_about a = about(w);

    _Static_assert(TEXT == 0, "a text's words, which are long, are read out by a call of its own");
    switch (which % (OF_OUR_OWN + WORDS_SPOKENS - 1)) {
    case 0:
        return words_screen(arena, &a);
    case 1:
        return words_screen_again();
    case 2:
        return words_voicemail(arena, &a);
    case 3:
        return words_closed(arena, &a);
    case 4:
        return words_too_late(arena, hostile_is_seen(w->name) ? w->name : SPAN(""));
    case 5:
        return words_recorded();
    case 6:
        return words_texted();
    default:
        return words_spoken(
            arena, (enum words_spoken)(1 + which % (OF_OUR_OWN + WORDS_SPOKENS - 1) - OF_OUR_OWN),
            &a);
    }
}

/* ---- documents ---- */

struct twiml_draft twiml_draft(struct dice *dice)
{
    struct twiml_draft d = {
        .answer = {.kind = (enum answer_kind)dice_throw(dice, ANSWERS),
                   .id = 1 + dice_throw(dice, 1000000),
                   .attempt = (int)dice_throw(dice, LIMIT_RUNGS),
                   .ring_s = 5 + (int)dice_throw(dice, 56),
                   .round = (int)dice_throw(dice, 4),
                   .alone = dice_throw(dice, 4) == 0,
                   .number_count = 1 + (int)dice_throw(dice, LIMIT_STEP_OPERATORS),
                   .by_speech = dice_throw(dice, 3) == 0,
                   .is_answered = dice_throw(dice, 2),
                   .apart = dice_throw(dice, 2),
                   .for_leg = dice_throw(dice, 2),
                   .has_choice = dice_throw(dice, 2),
                   .transcribes = dice_throw(dice, 2)},
        .has_again = dice_throw(dice, 2),
        .has_still = dice_throw(dice, 2),
        .later = dice_throw(dice, 3) == 0,
        .set = (int)dice_throw(dice, SETS),
        .sentence = dice_throw(dice, 1000),
    };

    d.has_script = script_kind(d.answer.kind, &d.script) && dice_throw(dice, 3) > 0;
    if (d.answer.kind == ANSWER_CALL)
        d.answer.number_count = 1;
    return d;
}

struct span twiml_draft_render(struct arena *arena, const struct twiml_draft *d,
                               const struct twiml_words *w)
{
    struct script_use use = {.kind = d->script, .later = d->later};
    struct answer answer = d->answer;
    const struct twiml_place place = {
        .public_url = SPAN(OWN),
        .path = w->path,
        .tenant = SPAN("acme"),
        .callback = &callback,
        .scripts = script_set(d->set),
    };

    memcpy(use.values, w->values, sizeof use.values);
    for (int i = 0; i < answer.number_count; i++)
        answer.numbers[i] = (struct answer_number){w->number, answer.attempt + i};
    answer.caller_id = w->caller_id;
    answer.words = sentence(arena, w, d->sentence);
    if (d->has_again)
        answer.again = sentence(arena, w, d->sentence + 1);
    if (d->has_still)
        answer.still = words_still_trying(true);
    if (d->has_script)
        answer.script = &use;
    return twiml_render(arena, &answer, &place);
}

struct span twiml_draft_reading(struct arena *arena, const struct twiml_words *w)
{
    struct words_about a = about(w);

    a.body = w->body;
    return twiml_reading(arena, &callback, 9, (struct span){0},
                         words_spoken(arena, WORDS_SPOKEN_TEXT, &a));
}
