#include "net/basic_auth.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

static const char head[] = "Authorization: Basic ";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char letter(unsigned bits)
{
    return alphabet[bits & 63];
}

/* Three bytes become four letters; what is missing of the last three becomes '='. */
static void encode(const char *from, size_t size, char *to)
{
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const unsigned a = (unsigned char)from[i];
        const unsigned b = left > 1 ? (unsigned char)from[i + 1] : 0;
        const unsigned c = left > 2 ? (unsigned char)from[i + 2] : 0;
        *to++ = letter(a >> 2);
        *to++ = letter(a << 4 | b >> 4);
        *to++ = left > 1 ? letter(b << 2 | c >> 6) : '=';
        *to++ = left > 2 ? letter(c) : '=';
    }
    *to = 0;
}

char *basic_auth_line(const char *user, const char *password)
{
    const size_t size = strlen(user) + 1 + strlen(password);
    char *both = arena_must_alloc(size + 1);
    char *line = arena_must_alloc(sizeof head + (size + 2) / 3 * 4);

    snprintf(both, size + 1, "%s:%s", user, password);
    memcpy(line, head, sizeof head);
    encode(both, size, line + sizeof head - 1);
    arena_wipe_free(both);
    return line;
}
