#include "model/segments.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/alphabet.h"

enum {
    CLUSTER_MAX = 32, /* UAX #15 lets 30 marks follow; 32 surrogate pairs still fit a part */
    LOOKALIKE_MAX = 7,
    JOINER = 0x200d,
    FIRST_PICTOGRAPH = 0x203c, /* the first emoji that a joiner can bind */
    FIRST_REGIONAL = 0x1f1e6,  /* two regional indicators are a flag */
    LAST_REGIONAL = 0x1f1ff,
};

/* A text that does not fit one segment goes in parts, which lose room to their header. */
static const struct {
    size_t alone, part;
} room[ENCODINGS] = {[ENCODING_GSM7] = {160, 153}, [ENCODING_UCS2] = {70, 67}};

/* What a reader sees as one character. */
struct cluster {
    size_t bytes, characters;
    size_t units[ENCODINGS];
    bool is_gsm7;
};

/* A text as far as it has been counted, in both encodings: the last character may decide. */
struct tally {
    size_t units[ENCODINGS];
    size_t parts[ENCODINGS]; /* before the one being filled */
    size_t used[ENCODINGS];  /* of that one */
    bool is_gsm7;
};

const char *encoding_name(enum encoding encoding)
{
    static const char *const names[ENCODINGS] = {"GSM-7", "UCS-2"};

    return names[encoding];
}

static bool is_regional(uint32_t code)
{
    return code >= FIRST_REGIONAL && code <= LAST_REGIONAL;
}

/* Does `next` belong to the cluster that ends in `last`? */
static bool is_joined(const struct cluster *c, uint32_t last, uint32_t next)
{
    if (c->characters == 0)
        return true;
    if (c->characters == CLUSTER_MAX)
        return false;
    if (c->characters == 1 && is_regional(last) && is_regional(next))
        return true;
    return alphabet_continues(next) || (last == JOINER && next >= FIRST_PICTOGRAPH);
}

/* The first cluster of a text, without any bytes when the text has none. */
static struct cluster cluster_first(struct span text)
{
    struct cluster c = {.is_gsm7 = true};
    uint32_t last = 0, next = 0;

    for (size_t size; (size = utf8_next(text, &next)) > 0; last = next) {
        if (!is_joined(&c, last, next))
            break;
        const int septets = alphabet_septets(next);
        c.bytes += size;
        c.characters++;
        c.units[ENCODING_GSM7] += (size_t)septets;
        c.units[ENCODING_UCS2] += next > 0xffff ? 2 : 1;
        c.is_gsm7 = c.is_gsm7 && septets > 0;
        text = span_skip(text, size);
    }
    return c;
}

static void tally_add(struct tally *t, struct span text)
{
    while (text.size > 0) {
        const struct cluster c = cluster_first(text);
        t->is_gsm7 = t->is_gsm7 && c.is_gsm7;
        for (enum encoding e = 0; e < ENCODINGS; e++) {
            t->units[e] += c.units[e];
            t->used[e] += c.units[e];
            if (t->used[e] > room[e].part) {
                t->parts[e]++;
                t->used[e] = c.units[e];
            }
        }
        text = span_skip(text, c.bytes);
    }
}

static struct segments tally_both(struct span text, struct span extra)
{
    struct tally t = {.is_gsm7 = true};

    tally_add(&t, text);
    tally_add(&t, extra);
    const enum encoding e = t.is_gsm7 ? ENCODING_GSM7 : ENCODING_UCS2;
    return (struct segments){
        .encoding = e,
        .units = t.units[e],
        .count = t.units[e] <= room[e].alone ? 1 : t.parts[e] + 1,
    };
}

struct segments segments_count(struct span text)
{
    return tally_both(text, (struct span){0});
}

struct span segments_smart(struct arena *arena, struct span text)
{
    struct buf out = buf_in(arena, text.size * LOOKALIKE_MAX);
    uint32_t code;

    for (size_t size; (size = utf8_next(text, &code)) > 0; text = span_skip(text, size)) {
        const char *other = alphabet_lookalike(code);
        buf_add(&out, other ? span_of(other) : (struct span){text.data, size});
    }
    return buf_span(&out);
}

struct span segments_cut_characters(struct span text, size_t most)
{
    struct span rest = text;

    if (text.size <= most) /* a character has a byte at least */
        return text;
    for (struct cluster c; (c = cluster_first(rest)).bytes > 0; most -= c.characters) {
        if (c.characters > most)
            break;
        rest = span_skip(rest, c.bytes);
    }
    return (struct span){text.data, text.size - rest.size};
}

/* A longer beginning never takes fewer segments, so the place is found by halving. */
struct span segments_cut(struct span text, struct span extra, size_t segments)
{
    size_t low = 0, high = utf8_count(text);

    if (tally_both(text, extra).count <= segments) /* as most do */
        return text;
    while (low < high) {
        const size_t middle = low + (high - low + 1) / 2;
        const struct span begin = segments_cut_characters(text, middle);
        if (tally_both(begin, extra).count <= segments)
            low = middle;
        else
            high = middle - 1;
    }
    return segments_cut_characters(text, low);
}
