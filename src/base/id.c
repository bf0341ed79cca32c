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

int64_t id_next(struct id_maker *maker, int64_t now_ms)
{
    const int64_t sequence_mask = (1 << SEQUENCE_BITS) - 1;
    const int64_t node = (int64_t)maker->node << SEQUENCE_BITS;
    int64_t id = (id_floor(now_ms) | node) + 1;

    if (id <= maker->last) {
        id = maker->last + 1;
        if ((id & sequence_mask) == 0) /* the millisecond is used up: borrow the next */
            id = (((id >> (NODE_BITS + SEQUENCE_BITS)) + 1) << (NODE_BITS + SEQUENCE_BITS)) | node |
                 1;
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
