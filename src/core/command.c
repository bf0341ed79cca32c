#include "core/command.h"

#include <stddef.h>
#include <string.h>

static const char consonants[] = "BCDFGHJKLMNPQRSTVWXZ";

static const struct word {
    const char *word;
    enum command command;
} words[] = {
    {"ok", COMMAND_OK},           {"ack", COMMAND_OK},
    {"okay", COMMAND_OK},         {"ok all", COMMAND_OK_ALL},
    {"ack all", COMMAND_OK_ALL},  {"next", COMMAND_NEXT},
    {"stop", COMMAND_RESERVED},   {"stopall", COMMAND_RESERVED},
    {"cancel", COMMAND_RESERVED}, {"unsubscribe", COMMAND_RESERVED},
    {"end", COMMAND_RESERVED},    {"quit", COMMAND_RESERVED},
    {"optout", COMMAND_RESERVED}, {"revoke", COMMAND_RESERVED},
    {"start", COMMAND_RESERVED},  {"unstop", COMMAND_RESERVED},
    {"help", COMMAND_RESERVED},   {"info", COMMAND_RESERVED},
    {"yes", COMMAND_RESERVED},    {"who", COMMAND_UNKNOWN},
    {"away", COMMAND_UNKNOWN},    {"back", COMMAND_UNKNOWN},
    {"on", COMMAND_UNKNOWN},      {"off", COMMAND_UNKNOWN},
    {"done", COMMAND_UNKNOWN},    {"swap", COMMAND_UNKNOWN},
    {"menu", COMMAND_UNKNOWN},
};

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

bool command_is_tag(struct span t)
{
    return t.size == 3 && t.data[0] && strchr(consonants, t.data[0]) && t.data[1] >= '2' &&
           t.data[1] <= '9' && t.data[2] && strchr(consonants, t.data[2]);
}

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z') || (c & 0x80);
}

static struct span without_punctuation(struct span t)
{
    t = span_trim(t);
    while (t.size > 0 && !is_word_char(t.data[0]))
        t = span_skip(t, 1);
    while (t.size > 0 && !is_word_char(t.data[t.size - 1]))
        t.size--;
    return t;
}

/* "OK  All" is "ok all": a bare command may be written with stray spaces. */
static enum command find(struct span text)
{
    char folded[16];
    size_t n = 0;
    const struct span bare = without_punctuation(text);

    for (size_t i = 0; i < bare.size; i++) {
        const bool is_space = strchr("\r\n\t", bare.data[i]) && bare.data[i];
        const char c = is_space ? ' ' : bare.data[i];
        if (c == ' ' && n > 0 && folded[n - 1] == ' ')
            continue;
        if (n == sizeof folded)
            return COMMAND_NONE;
        folded[n++] = c;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is_nocase((struct span){folded, n}, span_of(words[i].word)))
            return words[i].command;
    return COMMAND_NONE;
}

struct command_text command_read(struct span text)
{
    struct command_text out = {.words = span_trim(text)};
    struct span rest = out.words;

    while (rest.size > 0 && (rest.data[0] == '[' || rest.data[0] == '(' || rest.data[0] == '#'))
        rest = span_skip(rest, 1);
    if (rest.size >= 3 && (rest.size == 3 || !is_word_char(rest.data[3]))) {
        const char tag[3] = {upper(rest.data[0]), rest.data[1], upper(rest.data[2])};
        if (command_is_tag((struct span){tag, 3})) {
            out.has_tag = true;
            memcpy(out.tag, tag, 3);
            rest = span_skip(rest, 3);
            while (rest.size > 0 && strchr(":.,;-)] ", rest.data[0]) && rest.data[0])
                rest = span_skip(rest, 1);
            out.words = span_trim(rest);
        }
    }
    out.command = find(out.words);
    return out;
}
