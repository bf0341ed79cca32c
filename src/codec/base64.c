#include "codec/base64.h"

#include <string.h>

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/* Lower case alone, so that a value has one text. */
static const char hex[] = "0123456789abcdef";

static struct span render(struct arena *arena, const char *alphabet, const void *bytes, size_t size,
                          bool padded)
{
    const uint8_t *in = bytes;
    char *out = arena_alloc(arena, (size + 2) / 3 * 4 + 1);
    size_t n = 0;

    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                               (left > 2 ? in[i + 2] : 0);
        out[n++] = alphabet[three >> 18];
        out[n++] = alphabet[three >> 12 & 63];
        if (left > 1)
            out[n++] = alphabet[three >> 6 & 63];
        if (left > 2)
            out[n++] = alphabet[three & 63];
    }
    while (padded && n % 4 != 0)
        out[n++] = '=';
    return (struct span){out, n};
}

struct span base64_render(struct arena *arena, const void *bytes, size_t size)
{
    return render(arena, standard, bytes, size, true);
}

struct span base64_url_render(struct arena *arena, const void *bytes, size_t size)
{
    return render(arena, for_urls, bytes, size, false);
}

struct span base64_hex_render(struct arena *arena, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    char *out = arena_alloc(arena, size * 2 + 1);

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = hex[in[i] >> 4];
        out[2 * i + 1] = hex[in[i] & 15];
    }
    return (struct span){out, size * 2};
}

static int place(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

/* `text` has no padding any more; its bytes go to `out`, which has room for them. */
static bool parse(struct span text, const char *alphabet, uint8_t *out)
{
    uint32_t kept = 0;
    int bits = 0;

    if (text.size % 4 == 1)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        const int six = place(alphabet, text.data[i]);
        if (six < 0)
            return false;
        kept = kept << 6 | (uint32_t)six;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *out++ = (uint8_t)(kept >> bits);
            kept &= (1U << bits) - 1;
        }
    }
    return kept == 0; /* the spare bits */
}

static bool cut_padding(struct span *text)
{
    if (text->size % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text->size > 0 && text->data[text->size - 1] == '='; i++)
        text->size--;
    return true;
}

bool base64_parse(struct span text, void *out, size_t size)
{
    return cut_padding(&text) && text.size * 3 / 4 == size && parse(text, standard, out);
}

bool base64_url_parse(struct span text, void *out, size_t size)
{
    return text.size * 3 / 4 == size && parse(text, for_urls, out);
}

bool base64_hex_parse(struct span text, void *out, size_t size)
{
    uint8_t *to = out;

    if (text.size % 2 != 0 || text.size / 2 != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        const int high = place(hex, text.data[2 * i]), low = place(hex, text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool base64_parse_any(struct span text, void *out, size_t max, size_t *out_size)
{
    if (!cut_padding(&text) || text.size * 3 / 4 > max || !parse(text, standard, out))
        return false;
    *out_size = text.size * 3 / 4;
    return true;
}
