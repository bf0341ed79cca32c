#include "simtext/sim_keyword.h"

#include <stdbool.h>
#include <stddef.h>

#include "simtext/sim_line.h"

enum { TOLL_FREE = 1, OTHERS = 2, ALL = TOLL_FREE | OTHERS };

/* clang-format off */
static const struct {
    const char *word;
    enum sim_keyword keyword;
    unsigned numbers;
} words[] = {
    {"STOP",        SIM_KEYWORD_STOP,  ALL},
    {"STOPALL",     SIM_KEYWORD_STOP,  OTHERS},
    {"UNSUBSCRIBE", SIM_KEYWORD_STOP,  OTHERS},
    {"CANCEL",      SIM_KEYWORD_STOP,  OTHERS},
    {"END",         SIM_KEYWORD_STOP,  OTHERS},
    {"QUIT",        SIM_KEYWORD_STOP,  OTHERS},
    {"OPTOUT",      SIM_KEYWORD_STOP,  OTHERS},
    {"REVOKE",      SIM_KEYWORD_STOP,  OTHERS},
    {"START",       SIM_KEYWORD_START, ALL},
    {"UNSTOP",      SIM_KEYWORD_START, ALL},
    {"YES",         SIM_KEYWORD_START, OTHERS},
    {"HELP",        SIM_KEYWORD_HELP,  OTHERS},
    {"INFO",        SIM_KEYWORD_HELP,  OTHERS},
};

static const struct {
    const char *name, *answer, *toll_free_answer;
} keywords[SIM_KEYWORDS] = {
    [SIM_KEYWORD_NONE] = {"", NULL, NULL},
    [SIM_KEYWORD_STOP] = {"STOP",
        "You have successfully been unsubscribed. You will not receive any more messages from this "
        "number. Reply START to resubscribe.",
        "NETWORK MSG: You replied with the word \"stop\" which blocks all texts sent from this "
        "number. Text back \"unstop\" to receive messages again."},
    [SIM_KEYWORD_START] = {"START",
        "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
        "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
        "NETWORK MSG: You have replied \"unstop\" and will begin receiving messages again from this "
        "number."},
    [SIM_KEYWORD_HELP] = {"HELP", "Reply STOP to unsubscribe. Msg&Data Rates May Apply.", NULL},
};
/* clang-format on */

enum sim_keyword sim_keyword_of(const char *number, struct span body)
{
    const unsigned kind = sim_line_is_toll_free(number) ? TOLL_FREE : OTHERS;
    const struct span word = span_trim(body);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].numbers & kind && span_is_nocase(word, span_of(words[i].word)))
            return words[i].keyword;
    return SIM_KEYWORD_NONE;
}

const char *sim_keyword_name(enum sim_keyword keyword)
{
    return keywords[keyword].name;
}

const char *sim_keyword_answer(const char *number, enum sim_keyword keyword)
{
    return sim_line_is_toll_free(number) ? keywords[keyword].toll_free_answer
                                         : keywords[keyword].answer;
}
