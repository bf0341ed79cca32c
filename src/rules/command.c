#include "rules/command.h"

#include <stddef.h>
#include <string.h>

static const char consonants[] = "BCDFGHJKLMNPQRSTVWXZ";

enum { COMMAND_BYTES = 48, DAY_MIN = 24 * 60, LONGEST_MIN = 31 * DAY_MIN };

static const struct word {
    const char *word;
    enum command command;
} words[] = {
    {"ok", COMMAND_OK},
    {"ack", COMMAND_OK},
    {"okay", COMMAND_OK},
    {"ok all", COMMAND_OK_ALL},
    {"ack all", COMMAND_OK_ALL},
    {"okay all", COMMAND_OK_ALL},
    {"next", COMMAND_NEXT},
    {"done", COMMAND_DONE},
    {"who", COMMAND_WHO},
    {"away", COMMAND_AWAY},
    {"back", COMMAND_BACK},
    {"on", COMMAND_ON},
    {"off", COMMAND_OFF},
    {"swap", COMMAND_SWAP},
    {"menu", COMMAND_MENU},
    {"stop", COMMAND_RESERVED},
    {"stopall", COMMAND_RESERVED},
    {"cancel", COMMAND_RESERVED},
    {"unsubscribe", COMMAND_RESERVED},
    {"end", COMMAND_RESERVED},
    {"quit", COMMAND_RESERVED},
    {"optout", COMMAND_RESERVED},
    {"revoke", COMMAND_RESERVED},
    {"start", COMMAND_RESERVED},
    {"unstop", COMMAND_RESERVED},
    {"help", COMMAND_RESERVED},
    {"info", COMMAND_RESERVED},
    {"yes", COMMAND_RESERVED},
};

static const struct unit {
    const char *word;
    int minutes;
} units[] = {
    {"m", 1},       {"min", 1},       {"mins", 1},       {"minute", 1}, {"minutes", 1},
    {"h", 60},      {"hr", 60},       {"hrs", 60},       {"hour", 60},  {"hours", 60},
    {"d", DAY_MIN}, {"day", DAY_MIN}, {"days", DAY_MIN},
};

const char *command_name(enum command command)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].command == command)
            return words[i].word;
    return "";
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

bool command_is_tag(struct span t)
{
    return t.size == 3 && t.data[0] && strchr(consonants, t.data[0]) && t.data[1] >= '2' &&
           t.data[1] <= '9' && t.data[2] && strchr(consonants, t.data[2]);
}

/* What nobody sees stands around words: white space, control characters, and the marks that
 * phones add for languages written from right to left. How many bytes of it are one character at
 * the start of `t`; 0 when it begins with something else. */
static size_t invisible_at(struct span t)
{
    const unsigned char *p = (const unsigned char *)t.data;

    if (t.size > 0 && (p[0] <= ' ' || p[0] == 0x7f))
        return 1;
    if (t.size > 1 && p[0] == 0xc2 && (p[1] == 0xa0 || p[1] == 0xad))
        return 2; /* a space that does not break, a soft hyphen */
    if (t.size > 2 && p[0] == 0xe2 && p[1] == 0x80 &&
        ((p[2] >= 0x80 && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xaf)))
        return 3; /* U+2000 to U+200F, U+2028 to U+202F */
    if (t.size > 2 && p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf)
        return 3; /* U+2060 to U+206F */
    return t.size > 2 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0; /* U+FEFF */
}

/* The same of punctuation: ASCII, and what a phone makes of it. */
static size_t punctuation_at(struct span t)
{
    const unsigned char *p = (const unsigned char *)t.data;

    if (t.size > 0 && p[0] > ' ' && p[0] < 0x7f)
        return (p[0] >= '0' && p[0] <= '9') || (upper(t.data[0]) >= 'A' && upper(t.data[0]) <= 'Z')
                   ? 0
                   : 1;
    if (t.size > 1 && p[0] == 0xc2 && (p[1] == 0xab || p[1] == 0xbb))
        return 2; /* double angle quotes */
    return t.size > 2 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xa7
               ? 3 /* U+2010 to U+2027: dashes, quotes, the ellipsis */
               : 0;
}

static size_t stray_at(struct span t)
{
    const size_t n = invisible_at(t);

    return n ? n : punctuation_at(t);
}

/* Without the strays of that kind at both ends. */
static struct span stripped(struct span t, size_t (*at)(struct span))
{
    for (size_t n = at(t); n > 0; n = at(t))
        t = span_skip(t, n);
    for (size_t n = 1; n <= 3 && n <= t.size; n++)
        if (at(span_skip(t, t.size - n)) == n) {
            t.size -= n;
            n = 0;
        }
    return t;
}

/* "OK  All" is "ok all": a command may be written with stray spaces, in any case. False when
 * it is too long to be one. */
static bool fold(struct span text, char room[COMMAND_BYTES], struct span *out)
{
    const struct span bare = stripped(text, stray_at);
    size_t n = 0;

    for (size_t i = 0, size; i < bare.size; i += size) {
        const size_t hidden = invisible_at(span_skip(bare, i));
        const char c = hidden ? ' ' : bare.data[i];
        size = hidden ? hidden : 1;
        if (c == ' ' && n > 0 && room[n - 1] == ' ')
            continue;
        if (n == COMMAND_BYTES)
            return false;
        room[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    *out = (struct span){room, n};
    return true;
}

int command_choice(struct span text)
{
    const struct span bare = stripped(text, stray_at);

    return bare.size == 1 && bare.data[0] >= '1' && bare.data[0] <= '9' ? bare.data[0] - '0' : 0;
}

/* The digits at the start of *rest, at most four of them; -1 without. */
static int take_number(struct span *rest)
{
    int n = 0;
    size_t digits = 0;

    while (digits < rest->size && rest->data[digits] >= '0' && rest->data[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 4)
        return -1;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (rest->data[i] - '0');
    *rest = span_skip(*rest, digits);
    return n;
}

/* "2h", "90 min". */
static bool read_for(struct span text, struct command_time *out)
{
    const int n = take_number(&text);

    text = span_trim(text);
    for (size_t i = 0; n > 0 && i < sizeof units / sizeof units[0]; i++)
        if (span_is_text(text, units[i].word) && n * units[i].minutes <= LONGEST_MIN) {
            *out = (struct command_time){TIME_FOR, n * units[i].minutes, false};
            return true;
        }
    return false;
}

/* "7", "7:30", "19:30", "7am", "7 pm". */
static bool read_until(struct span text, struct command_time *out)
{
    int hour = take_number(&text), minute = 0;

    if (text.size > 0 && (text.data[0] == ':' || text.data[0] == '.')) {
        const struct span digits = span_skip(text, 1);
        text = digits;
        minute = take_number(&text);
        if (digits.size - text.size != 2)
            return false;
    }
    text = span_trim(text);
    const bool am = span_is_text(text, "am"), pm = span_is_text(text, "pm");
    if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > DAY_MIN ||
        (text.size && !am && !pm))
        return false;
    if ((am || pm) && (hour < 1 || hour > 12))
        return false;
    if (am || pm)
        hour = hour % 12 + (pm ? 12 : 0);
    out->kind = TIME_UNTIL;
    out->minutes = (hour * 60 + minute) % DAY_MIN;
    out->is_vague = !am && !pm && hour >= 1 && hour <= 12;
    return true;
}

static bool begins(struct span *rest, const char *word)
{
    const struct span w = span_of(word);

    if (!span_starts(*rest, w) || rest->size == w.size || rest->data[w.size] != ' ')
        return false;
    *rest = span_skip(*rest, w.size + 1);
    return true;
}

static bool read_away(struct span rest, struct command_time *out)
{
    if (begins(&rest, "until") || begins(&rest, "till") || begins(&rest, "til"))
        return read_until(rest, out);
    (void)begins(&rest, "for");
    return read_for(rest, out);
}

/* The last `size` bytes as he wrote them; names are compared without regard to case. */
static struct span last_words(struct span bare, size_t size)
{
    return size < bare.size ? span_skip(bare, bare.size - size) : bare;
}

/* A command, and what belongs to it. */
static void find(struct span text, struct command_text *out)
{
    char room[COMMAND_BYTES];
    struct span folded, rest;

    if (!fold(text, room, &folded))
        return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_is_text(folded, words[i].word)) {
            out->command = words[i].command;
            return;
        }
    rest = folded;
    if (begins(&rest, "away") && read_away(rest, &out->time))
        out->command = COMMAND_AWAY;
    rest = folded;
    if (begins(&rest, "swap")) {
        (void)begins(&rest, "with");
        out->command = COMMAND_SWAP;
        out->name = last_words(stripped(text, stray_at), rest.size);
    }
}

/* A mark that gives the words after it their direction. */
static bool begins_direction(struct span t)
{
    static const char *const marks[] = {"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xad",
                                        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7",
                                        "\xe2\x81\xa8"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (span_starts(t, span_of(marks[i])))
            return true;
    return false;
}

/* Words as they were written, but for white space around them; nothing when there is nothing to
 * be seen. */
static struct span visible(struct span t)
{
    return stripped(t, invisible_at).size ? span_trim(t) : (struct span){0};
}

/* What follows a mark, without what ends it and what stands between. */
static struct span after_mark(struct span t)
{
    bool is_apart = false;

    for (size_t n = stray_at(t); n > 0; n = stray_at(t)) {
        const bool is_hidden = invisible_at(t) > 0;
        const bool parts = n == 1 && strchr(":.,;-)]", t.data[0]);
        const bool ends = !is_apart && (n > 1 || strchr("!}>*/\"'", t.data[0]));
        if ((!is_hidden && !parts && !ends) || begins_direction(t))
            break;
        is_apart = is_apart || is_hidden;
        t = span_skip(t, n);
    }
    return t;
}

struct command_text command_read(struct span text)
{
    struct command_text out = {.words = visible(text)};
    struct span rest = out.words;

    for (size_t n = stray_at(rest); n > 0; n = stray_at(rest))
        rest = span_skip(rest, n);
    if (rest.size >= 3 && (rest.size == 3 || stray_at(span_skip(rest, 3)) > 0)) {
        const char tag[3] = {upper(rest.data[0]), rest.data[1], upper(rest.data[2])};
        if (command_is_tag((struct span){tag, 3})) {
            out.has_tag = true;
            memcpy(out.tag, tag, 3);
            out.words = visible(after_mark(span_skip(rest, 3)));
        }
    }
    find(out.words, &out);
    return out;
}
