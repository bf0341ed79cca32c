#include "config/script_verbs.h"

#include <stddef.h>

enum {
    TOP = SCRIPT_VERBS_TOP,
    PROMPT = SCRIPT_VERBS_TOP | SCRIPT_VERBS_GATHER | SCRIPT_VERBS_STEP,
    SPEECH = SCRIPT_VERBS_SPEECH,
    CALLERS = 1 << SCRIPT_INBOUND_ROUTING | 1 << SCRIPT_VOICEMAIL | 1 << SCRIPT_CLOSED,
    /* Falling off the end of a screening connects, and so could any document elsewhere. */
    EVERY = CALLERS | 1 << SCRIPT_SCREEN,
};

#define NUMBER(name, min, max)                    \
    {                                             \
        name, SCRIPT_VERBS_NUMBER, min, max, NULL \
    }
#define BOOL(name)                                    \
    {                                                 \
        name, SCRIPT_VERBS_ONE_OF, 0, 0, "true false" \
    }
#define ONE_OF(name, words)                    \
    {                                          \
        name, SCRIPT_VERBS_ONE_OF, 0, 0, words \
    }
#define SOME_OF(name, words)                    \
    {                                           \
        name, SCRIPT_VERBS_SOME_OF, 0, 0, words \
    }
#define PLAIN(name, value)      \
    {                           \
        name, value, 0, 0, NULL \
    }
#define METHOD(name) ONE_OF(name, "POST GET")
#define END                                   \
    {                                         \
        NULL, SCRIPT_VERBS_NUMBER, 0, 0, NULL \
    }
#define ATTRS(...)                     \
    (const struct script_verbs_attr[]) \
    {                                  \
        __VA_ARGS__, END               \
    }
#define NO_ATTRS                       \
    (const struct script_verbs_attr[]) \
    {                                  \
        END                            \
    }
#define MARKUP(name, attrs)                                                 \
    {                                                                       \
        name, SPEECH, EVERY, SCRIPT_VERBS_WORDS, SCRIPT_VERBS_SPEECH, attrs \
    }

/* What is looped for ever would never get to its step. */
#define LOOP NUMBER("loop", 1, 20)

/* clang-format off */
static const struct script_verb verbs[] = {
    {"Say", PROMPT, EVERY, SCRIPT_VERBS_WORDS, SCRIPT_VERBS_SPEECH,
     ATTRS(PLAIN("voice", SCRIPT_VERBS_NAME), PLAIN("language", SCRIPT_VERBS_LANGUAGE), LOOP)},
    {"Play", PROMPT, EVERY, SCRIPT_VERBS_ADDRESS, SCRIPT_VERBS_SPEECH,
     ATTRS(LOOP, {"digits", SCRIPT_VERBS_KEYS, 1, 32, "0123456789ABCD#*wW"})},
    {"Pause", PROMPT, EVERY, SCRIPT_VERBS_NOTHING, SCRIPT_VERBS_SPEECH, ATTRS(NUMBER("length", 1, 60))},
    {"Gather", TOP, CALLERS, SCRIPT_VERBS_VERBS, SCRIPT_VERBS_GATHER,
     ATTRS(PLAIN("action", SCRIPT_VERBS_URL), METHOD("method"), SOME_OF("input", "dtmf speech"),
           NUMBER("timeout", 1, 20), {"finishOnKey", SCRIPT_VERBS_KEYS, 0, 1, "0123456789#*"},
           NUMBER("numDigits", 1, 20), {"speechTimeout", SCRIPT_VERBS_OR_AUTO, 1, 20, NULL},
           NUMBER("maxSpeechTime", 1, 60), PLAIN("hints", SCRIPT_VERBS_TEXT),
           PLAIN("language", SCRIPT_VERBS_LANGUAGE), PLAIN("speechModel", SCRIPT_VERBS_NAME),
           BOOL("enhanced"), BOOL("profanityFilter"), BOOL("actionOnEmptyResult"), BOOL("bargeIn"))},
    {"Redirect", TOP, CALLERS, SCRIPT_VERBS_ADDRESS, SCRIPT_VERBS_SPEECH, ATTRS(METHOD("method"))},
    {"Hangup", TOP, EVERY, SCRIPT_VERBS_NOTHING, SCRIPT_VERBS_SPEECH, NO_ATTRS},
    {"Reject", TOP, 1 << SCRIPT_CLOSED, SCRIPT_VERBS_NOTHING, SCRIPT_VERBS_SPEECH,
     ATTRS(ONE_OF("reason", "rejected busy"))},
    {SCRIPT_STEP, TOP, EVERY, SCRIPT_VERBS_VERBS, SCRIPT_VERBS_STEP, NO_ATTRS},

    {"break", SPEECH, EVERY, SCRIPT_VERBS_NOTHING, SCRIPT_VERBS_SPEECH,
     ATTRS(ONE_OF("strength", "none x-weak weak medium strong x-strong"), PLAIN("time", SCRIPT_VERBS_NAME))},
    MARKUP("emphasis", ATTRS(ONE_OF("level", "strong moderate reduced"))),
    MARKUP("lang", ATTRS(PLAIN("xml:lang", SCRIPT_VERBS_LANGUAGE))),
    MARKUP("p", NO_ATTRS),
    MARKUP("phoneme", ATTRS(ONE_OF("alphabet", "ipa x-sampa x-amazon-jyutping x-amazon-pinyin"),
                            PLAIN("ph", SCRIPT_VERBS_TEXT))),
    MARKUP("prosody", ATTRS(PLAIN("volume", SCRIPT_VERBS_NAME), PLAIN("rate", SCRIPT_VERBS_NAME),
                            PLAIN("pitch", SCRIPT_VERBS_NAME))),
    MARKUP("s", NO_ATTRS),
    MARKUP("say-as", ATTRS(PLAIN("interpret-as", SCRIPT_VERBS_NAME), PLAIN("role", SCRIPT_VERBS_NAME))),
    MARKUP("sub", ATTRS(PLAIN("alias", SCRIPT_VERBS_TEXT))),
    MARKUP("w", ATTRS(PLAIN("role", SCRIPT_VERBS_NAME))),
};

static const char *const refused[] = {
    "Dial", "Record", "Enqueue", "Leave", "Refer", "Sms", "Connect", "Start", "Stop", "Pay", "Prompt",
};
/* clang-format on */

enum { VERBS = sizeof verbs / sizeof verbs[0] };

const struct script_verb *script_verbs_at(int i)
{
    return i < VERBS ? &verbs[i] : NULL;
}

const struct script_verb *script_verbs_find(struct span name)
{
    for (int i = 0; i < VERBS; i++)
        if (span_is_text(name, verbs[i].name))
            return &verbs[i];
    return NULL;
}

const struct script_verbs_attr *script_verbs_attr(const struct script_verb *verb, struct span name)
{
    for (const struct script_verbs_attr *a = verb->attrs; a->name; a++)
        if (span_is_text(name, a->name))
            return a;
    return NULL;
}

bool script_verbs_is_refused(struct span name)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (span_is_text(name, refused[i]))
            return true;
    return false;
}
