#include "sql/number_words.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { GAP_MAX = 4 /* of what stands between two digits of one number */, PATTERN_BYTES = 64 };

/* ---- the number ---- */

/* Digits of the code that a number begins with: no code is the beginning of another. */
static size_t code_size(const char *digits)
{
    static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 "
                              "55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    char code[4];

    if (digits[0] == '1' || digits[0] == '7')
        return 1;
    snprintf(code, sizeof code, "%.2s ", digits);
    return strstr(two, code) ? 2 : 3;
}

struct number_words number_words_of(const char *number)
{
    const char *digits = number + (number[0] == '+');
    const size_t code = code_size(digits), whole = strlen(digits);
    struct number_words w;

    snprintf(w.country, sizeof w.country, "%.*s", (int)code, digits);
    snprintf(w.national, sizeof w.national, "%s", digits + (whole > code ? code : 0));
    return w;
}

const char *number_words_pattern(struct arena *arena, const struct number_words *number)
{
    struct buf out = buf_in(arena, PATTERN_BYTES);

    for (const char *p = number->national; *p; p++)
        buf_printf(&out, "%%%c", *p);
    buf_add_char(&out, '%');
    return arena_text(arena, buf_span(&out));
}

/* ---- the text ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Bytes of what may stand between two digits here; 0: it ends the number. Dashes and blanks beyond
 * ASCII, and both in the forms that JSON and addresses give them. */
static size_t gap_size(struct span text, size_t at)
{
    static const char *const wide[] = {
        "\xc2\xa0",     "\xc2\xad",     "\xe2\x80\x89", "\xe2\x80\x8b", "\xe2\x80\x8e",
        "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93", "\xe2\x80\x94",
        "\xe2\x80\xaf", "\xe2\x81\xa0", "\xe2\x88\x92", "\xc2\xb7",
    };
    const struct span rest = span_skip(text, at);

    if (rest.size && strchr(" \t\r\n-.()/_[]", rest.data[0]) && rest.data[0])
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (span_starts(rest, span_of(wide[i])))
            return strlen(wide[i]);
    if (rest.size >= 6 && rest.data[0] == '\\' && rest.data[1] == 'u')
        return 6;
    if (rest.size >= 3 && rest.data[0] == '%' && is_hex(rest.data[1]) && is_hex(rest.data[2]))
        return 3;
    return 0;
}

/* Of the escapes above, which end in what may be a digit. */
static bool is_in_escape(struct span text, size_t at)
{
    return (at >= 3 && text.data[at - 3] == '%' && gap_size(text, at - 3) == 3) ||
           (at >= 6 && text.data[at - 6] == '\\' && gap_size(text, at - 6) == 6);
}

/* Walks `digits` from `at`, with gaps between them; the place behind the last one, 0: they do not
 * stand there. */
static size_t follow(struct span text, size_t at, const char *digits)
{
    for (const char *p = digits; *p; p++) {
        for (int gaps = 0; p != digits && gaps < GAP_MAX && at < text.size; gaps++) {
            const size_t gap = is_digit(text.data[at]) ? 0 : gap_size(text, at);
            if (!gap)
                break;
            at += gap;
        }
        if (at >= text.size || text.data[at] != *p)
            return 0;
        at++;
    }
    return at;
}

/* What stands before the number, the nearest digit first, without gaps; *out_plus: after a "+". */
static size_t digits_before(struct span text, size_t at, char *out, size_t max, bool *out_plus)
{
    size_t size = 0;
    int gaps = 0;

    *out_plus = false;
    while (at > 0 && size < max) {
        const char c = text.data[at - 1];
        if (is_digit(c)) {
            out[size++] = c;
            gaps = 0;
        } else if (c == '+') {
            *out_plus = true;
            break;
        } else if (!strchr(" -.()/", c) || ++gaps > GAP_MAX) {
            break;
        }
        at--;
    }
    return size;
}

/* After "+52" the same digits are somebody's in another country. */
static bool is_abroad(const struct number_words *number, struct span text, size_t at)
{
    char before[8];
    bool has_plus;
    const size_t size = digits_before(text, at, before, sizeof before, &has_plus);
    const size_t code = strlen(number->country);

    if (!has_plus || size == 0)
        return false;
    if (size > 0 && before[0] == '0' && size == code + 1) { /* +44 (0)20 ... */
        for (size_t i = 0; i < code; i++)
            if (before[size - 1 - i] != number->country[i])
                return true;
        return false;
    }
    if (size > 3) /* another number, and then his */
        return false;
    if (size != code)
        return true;
    for (size_t i = 0; i < code; i++)
        if (before[size - 1 - i] != number->country[i])
            return true;
    return false;
}

/* The digits that touch it from the left: none, or what is dialled before it. */
static bool begins(const struct number_words *number, struct span text, size_t at)
{
    static const char *const heads[] = {"", "0", "1", "00", "011", "0011"};
    char before[8], wanted[16];
    size_t size = 0;

    while (size < sizeof before - 1 && at > size && is_digit(text.data[at - 1 - size]) &&
           !is_in_escape(text, at - size))
        size++;
    memcpy(before, text.data + at - size, size);
    before[size] = 0;
    if (is_abroad(number, text, at))
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (strlen(heads[i]) < 2 && strcmp(before, heads[i]) == 0)
            return true;
        snprintf(wanted, sizeof wanted, "%s%s", heads[i], number->country);
        if (strcmp(before, wanted) == 0)
            return true;
    }
    return false;
}

bool number_words_in(const struct number_words *number, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != number->national[0])
            continue;
        const size_t end = follow(text, i, number->national);
        if (end && (end == text.size || !is_digit(text.data[end])) && begins(number, text, i))
            return true;
    }
    return false;
}
