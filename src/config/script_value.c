#include "config/script_value.h"

#include <string.h>

#include "codec/url.h"

enum { LANGUAGE_MAX = 35, NAME_MAX_BYTES = 64 };

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool is_one_of(struct span word, const char *words)
{
    struct span rest = span_of(words);

    while (rest.size > 0)
        if (span_is(span_cut(rest, ' ', &rest), word))
            return true;
    return false;
}

static bool is_some_of(struct span text, const char *words)
{
    bool any = false;

    while (text.size > 0) {
        const struct span word = span_cut(text, ' ', &text);
        if (!word.size)
            continue;
        if (!is_one_of(word, words))
            return false;
        any = true;
    }
    return any;
}

static bool has_only(struct span text, const char *characters)
{
    for (size_t i = 0; i < text.size; i++)
        if (!text.data[i] || !strchr(characters, text.data[i]))
            return false;
    return true;
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

bool script_value_is_address(struct span text)
{
    struct url url;

    return span_starts(text, SPAN("https://")) && url_parse(text, &url) == ERR_NONE;
}

static bool is_number(struct span value, const struct script_verbs_attr *rule)
{
    int64_t number;

    return span_number(value, rule->min, rule->max, &number);
}

static const char *number_of(struct arena *arena, const struct script_verbs_attr *rule)
{
    return arena_printf(arena, "write a number from %d to %d", (int)rule->min, (int)rule->max);
}

const char *script_value_check(struct arena *arena, const struct script_verbs_attr *rule,
                               struct span value)
{
    switch (rule->value) {
    case SCRIPT_VERBS_NUMBER:
        return is_number(value, rule) ? NULL : number_of(arena, rule);
    case SCRIPT_VERBS_OR_AUTO:
        return span_is_text(value, "auto") || is_number(value, rule) ? NULL
                                                                     : number_of(arena, rule);
    case SCRIPT_VERBS_ONE_OF:
        return is_one_of(value, rule->words) ? NULL
                                             : arena_printf(arena, "write one of: %s", rule->words);
    case SCRIPT_VERBS_SOME_OF:
        return is_some_of(value, rule->words)
                   ? NULL
                   : arena_printf(arena, "write one or more of: %s", rule->words);
    case SCRIPT_VERBS_KEYS:
        if (value.size >= (size_t)rule->min && value.size <= (size_t)rule->max &&
            has_only(value, rule->words))
            return NULL;
        return arena_printf(arena, "write %d to %d of the keys %s", (int)rule->min, (int)rule->max,
                            rule->words);
    case SCRIPT_VERBS_URL:
        return script_value_is_address(value) ? NULL : "write the whole address, https://...";
    case SCRIPT_VERBS_LANGUAGE:
        if (value.size >= 2 && value.size <= LANGUAGE_MAX && has_only(value, LETTERS DIGITS "-"))
            return NULL;
        return "write a language like en-US";
    case SCRIPT_VERBS_NAME:
        if (value.size > 0 && value.size <= NAME_MAX_BYTES &&
            has_only(value, LETTERS DIGITS "-._:%+"))
            return NULL;
        return "write letters, digits and -._:%+ only";
    case SCRIPT_VERBS_TEXT:
        break;
    }
    return NULL;
}
