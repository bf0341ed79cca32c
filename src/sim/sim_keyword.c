#include "sim/sim_keyword.h"

#include <stdbool.h>
#include <stddef.h>

static const char *const stop_words[] = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END",
                                         "QUIT", "OPTOUT",  "REVOKE",      NULL};
static const char *const start_words[] = {"START", "YES", "UNSTOP", NULL};

static bool is_one_of(struct span word, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (span_is_nocase(word, span_of(words[i])))
            return true;
    return false;
}

int sim_keyword_kind(struct span body)
{
    const struct span word = span_trim(body);

    if (is_one_of(word, stop_words))
        return -1;
    return is_one_of(word, start_words) ? 1 : 0;
}
