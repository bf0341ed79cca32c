#include "base/utf8.h"

#include <string.h>

enum { REPLACEMENT = 0xfffd };

size_t utf8_take(struct span text, uint32_t *out_code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text.data;

    if (text.size == 0)
        return 0;
    uint32_t code = p[0];
    const size_t size = code < 0x80 ? 1 : code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : 2;
    if (size > text.size || (size > 1 && (code < 0xc2 || code > 0xf4)))
        return 0;
    if (size > 1)
        code &= 0xffU >> (size + 1);
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *out_code = code;
    return size;
}

size_t utf8_next(struct span text, uint32_t *out_code)
{
    const size_t size = utf8_take(text, out_code);

    if (size > 0 || text.size == 0)
        return size;
    *out_code = REPLACEMENT;
    return 1;
}

size_t utf8_count(struct span text)
{
    size_t count = 0;
    uint32_t code;

    for (size_t size; (size = utf8_next(text, &code)) > 0; count++)
        text = span_skip(text, size);
    return count;
}

/* Nearly all text is ASCII, so eight bytes are looked at together. */
static struct span skip_ascii(struct span text)
{
    while (text.size >= 8) {
        uint64_t eight;
        memcpy(&eight, text.data, sizeof eight);
        if (eight & 0x8080808080808080ULL)
            break;
        text = span_skip(text, sizeof eight);
    }
    return text;
}

size_t utf8_valid_bytes(struct span text)
{
    struct span rest = text;

    while ((rest = skip_ascii(rest)).size > 0) {
        uint32_t code;
        const size_t size = utf8_take(rest, &code);
        if (size == 0)
            break;
        rest = span_skip(rest, size);
    }
    return text.size - rest.size;
}

bool utf8_is_valid(struct span text)
{
    return utf8_valid_bytes(text) == text.size;
}
