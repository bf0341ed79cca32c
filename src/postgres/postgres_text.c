#include "postgres/postgres_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* The bytes of what is left alone: a quoted word or a comment; 0 where none begins. */
static size_t aside(const char *p)
{
    const char *end = NULL;

    if (*p == '\'' || *p == '"')
        end = strchr(p + 1, *p); /* one that is doubled begins the next piece */
    else if (p[0] == '-' && p[1] == '-')
        end = strchr(p, '\n');
    else if (p[0] == '/' && p[1] == '*')
        end = strstr(p + 2, "*/");
    else
        return 0;
    return end ? (size_t)(end - p) + 1 : strlen(p);
}

char *postgres_text_number(const char *text, int *out_values)
{
    /* "?" becomes "$12" at most. */
    char *const out = arena_must_alloc(strlen(text) * 3 + 1);
    char *to = out;
    int most = 0;

    for (const char *p = text; *p;) {
        const size_t skip = aside(p);
        if (skip > 0) {
            memcpy(to, p, skip);
            to += skip;
            p += skip;
            continue;
        }
        if (*p != '?') {
            *to++ = *p++;
            continue;
        }
        int number = most + 1;
        p++;
        if (isdigit((unsigned char)*p)) {
            char *end;
            number = (int)strtol(p, &end, 10);
            p = end;
        }
        most = number > most ? number : most;
        to += sprintf(to, "$%d", number);
    }
    *to = 0;
    *out_values = most;
    return out;
}

struct span postgres_text_clean(struct arena *arena, struct span text)
{
    if (text.size == 0 || (utf8_is_valid(text) && !memchr(text.data, 0, text.size)))
        return text;
    char *out = arena_alloc(arena, text.size);
    size_t size = 0;
    while (text.size > 0) {
        uint32_t code;
        const size_t taken = utf8_take(text, &code);
        if (taken == 0 || code == 0) {
            out[size++] = '?';
            text = span_skip(text, 1);
        } else {
            memcpy(out + size, text.data, taken);
            size += taken;
            text = span_skip(text, taken);
        }
    }
    return (struct span){out, size};
}

void postgres_text_put(char *out, int bytes, int64_t number)
{
    uint64_t left = (uint64_t)number;

    for (int i = bytes - 1; i >= 0; i--, left >>= 8)
        out[i] = (char)(left & 0xff);
}

int64_t postgres_text_get(const char *data, int bytes)
{
    /* The first byte bears the sign. */
    uint64_t number = bytes > 0 && (data[0] & 0x80) ? UINT64_MAX : 0;

    for (int i = 0; i < bytes; i++)
        number = number << 8 | (unsigned char)data[i];
    return (int64_t)number;
}

/* Digits to the base of 10,000: their count, the weight of the first, sign, scale, digits. */
int64_t postgres_text_numeric(const char *data, int bytes)
{
    enum { HEAD = 8, BASE = 10000, NEGATIVE = 0x4000 };
    uint64_t number = 0;

    if (bytes < HEAD)
        return 0;
    const int digits = (int)postgres_text_get(data, 2);
    const int weight = (int)postgres_text_get(data + 2, 2);
    for (int i = 0; i <= weight; i++) {
        const bool is_there = i < digits && HEAD + 2 * i + 2 <= bytes;
        number *= BASE;
        if (is_there)
            number += (uint64_t)postgres_text_get(data + HEAD + 2 * (size_t)i, 2);
    }
    return (int64_t)(postgres_text_get(data + 4, 2) == NEGATIVE ? 0 - number : number);
}
