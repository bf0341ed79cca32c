#include "base/id.h"

#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
static const int64_t epoch_ms = 1577836800000; /* 2020-01-01 */

static const int64_t last_ms = (INT64_C(1) << 42) - 1; /* after the epoch */

enum { NODE_BITS = 6, SEQUENCE_BITS = 15 };

int64_t id_floor(int64_t at_ms)
{
    const int64_t since = at_ms > epoch_ms ? at_ms - epoch_ms : 0;

    return (since < last_ms ? since : last_ms) << (NODE_BITS + SEQUENCE_BITS);
}

int64_t id_at_ms(int64_t id)
{
    return (id >> (NODE_BITS + SEQUENCE_BITS)) + epoch_ms;
}

/* The smallest id of the millisecond `since` that this maker could make. */
static int64_t first_of(const struct id_maker *maker, int64_t since)
{
    const int64_t half = maker->is_aside ? 1 << (SEQUENCE_BITS - 1) : 0;

    return (since << NODE_BITS | maker->node) << SEQUENCE_BITS | half | 1;
}

int64_t id_next(struct id_maker *maker, int64_t now_ms)
{
    const int64_t shift = NODE_BITS + SEQUENCE_BITS, half_mask = (1 << (SEQUENCE_BITS - 1)) - 1;
    const int64_t last = maker->last, after = last + 1;
    int64_t id = first_of(maker, id_floor(now_ms) >> shift);

    if (id <= last)
        id = first_of(maker, last >> shift);
    if (id <= last) { /* that millisecond's own row goes on, or is used up: borrow the next */
        const bool goes_on = (after & half_mask) && after - id <= half_mask;
        id = goes_on ? after : first_of(maker, (last >> shift) + 1);
    }
    maker->last = id;
    return id;
}

void id_render(int64_t id, char out[ID_TEXT_SIZE + 1])
{
    uint64_t n = (uint64_t)id;

    for (int i = ID_TEXT_SIZE - 1; i >= 0; i--) {
        out[i] = digits[n & 31];
        n >>= 5;
    }
    out[ID_TEXT_SIZE] = 0;
}

bool id_parse(struct span text, int64_t *out)
{
    uint64_t n = 0;

    if (text.size != ID_TEXT_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        const char *at = text.data[i] ? strchr(digits, text.data[i]) : NULL;
        if (!at)
            return false;
        if (i == 0 && at - digits > 7) /* 13 * 5 = 65 bits, and the sign stays clear */
            return false;
        n = n << 5 | (uint64_t)(at - digits);
    }
    if (n == 0)
        return false;
    *out = (int64_t)n;
    return true;
}
