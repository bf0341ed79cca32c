#include "base/span.h"

#include <string.h>

struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

bool span_is(struct span a, struct span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool span_is_text(struct span a, const char *text)
{
    return span_is(a, span_of(text));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool span_is_nocase(struct span a, struct span b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

bool span_starts(struct span a, struct span prefix)
{
    return a.size >= prefix.size &&
           (prefix.size == 0 || memcmp(a.data, prefix.data, prefix.size) == 0);
}

int span_compare(struct span a, struct span b)
{
    const size_t common = a.size < b.size ? a.size : b.size;
    const int c = common ? memcmp(a.data, b.data, common) : 0;

    if (c != 0)
        return c;
    return (a.size > b.size) - (a.size < b.size);
}

struct span span_skip(struct span a, size_t n)
{
    if (n >= a.size)
        return (struct span){a.data ? a.data + a.size : NULL, 0};
    return (struct span){a.data + n, a.size - n};
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span a)
{
    while (a.size > 0 && is_white(a.data[0]))
        a = span_skip(a, 1);
    while (a.size > 0 && is_white(a.data[a.size - 1]))
        a.size--;
    return a;
}

struct span span_cut(struct span a, char c, struct span *rest)
{
    const char *at = a.size ? memchr(a.data, c, a.size) : NULL;

    if (!at) {
        *rest = (struct span){a.data ? a.data + a.size : NULL, 0};
        return a;
    }
    const size_t before = (size_t)(at - a.data);
    *rest = span_skip(a, before + 1);
    return (struct span){a.data, before};
}

bool span_number(struct span a, int64_t min, int64_t max, int64_t *out)
{
    bool negative = false;
    int64_t n = 0;

    if (a.size > 0 && a.data[0] == '-') {
        negative = true;
        a = span_skip(a, 1);
    }
    if (a.size == 0 || a.size > 18)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (a.data[i] < '0' || a.data[i] > '9')
            return false;
        n = n * 10 + (a.data[i] - '0');
    }
    n = negative ? -n : n;
    if (n < min || n > max)
        return false;
    *out = n;
    return true;
}
