#include "sim/sim_segment.h"

#include <string.h>

#include "codec/utf8.h"

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

int sim_segment_keyword(struct span body)
{
    const struct span word = span_trim(body);

    if (is_one_of(word, stop_words))
        return -1;
    return is_one_of(word, start_words) ? 1 : 0;
}

/* Septets of a character in GSM-7; 0 when it has none. */
static int septets(uint32_t c)
{
    static const char two[] = "\f^{}\\[~]|";
    static const char none[] = "`\t";
    static const uint16_t wide[] = {
        0xa3,  0xa5,  0xe8,  0xe9,  0xf9,  0xec,  0xf2,  0xc7,  0xd8,  0xf8, 0xc5, 0xe5, 0x394,
        0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9,
        0xa4,  0xa1,  0xc4,  0xd6,  0xd1,  0xdc,  0xa7,  0xbf,  0xe4,  0xf6, 0xf1, 0xfc, 0xe0};

    if (c == 0x20ac)
        return 2;
    for (size_t i = 0; c >= 0x80 && i < sizeof wide / sizeof wide[0]; i++)
        if (wide[i] == c)
            return 1;
    if (c == 0 || c >= 0x7f || strchr(none, (int)c))
        return 0;
    if (strchr(two, (int)c))
        return 2;
    return c >= 0x20 || c == '\n' || c == '\r' ? 1 : 0;
}

int sim_segment_count(struct span body)
{
    const int one[2] = {160, 70}, each[2] = {153, 67};
    int parts[2] = {1, 1}, used[2] = {0, 0}, total[2] = {0, 0};
    bool gsm = true;

    while (body.size) {
        uint32_t c = 0;
        const size_t n = utf8_take(body, &c);
        const int cost[2] = {septets(c), c > 0xffff ? 2 : 1};
        gsm = gsm && cost[0] > 0;
        for (int k = 0; k < 2; k++) {
            total[k] += cost[k];
            used[k] += cost[k];
            if (used[k] > each[k]) { /* an escape or surrogate pair is never split */
                parts[k]++;
                used[k] = cost[k];
            }
        }
        body = span_skip(body, n ? n : 1);
    }
    const int kind = gsm ? 0 : 1;
    return total[kind] <= one[kind] ? 1 : parts[kind];
}
