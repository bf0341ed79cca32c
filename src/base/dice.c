#include "base/dice.h"

#include <sys/random.h>

#include "base/check.h"

void dice_fill(void *out, size_t size)
{
    char *at = out;

    while (size > 0) {
        const size_t want = size < 256 ? size : 256; /* never interrupted below 257 bytes */
        CHECK(getrandom(at, want, 0) == (ssize_t)want);
        at += want;
        size -= want;
    }
}

struct dice dice_seed(void)
{
    struct dice d;

    dice_fill(&d, sizeof d);
    d.a |= 1; /* the all-zero state would stay zero */
    return d;
}

struct dice dice_from(uint64_t seed)
{
    return (struct dice){seed * 0x9e3779b97f4a7c15ULL | 1, seed ^ 0xd1b54a32d192ed03ULL};
}

uint32_t dice_throw(struct dice *d, uint32_t sides)
{
    uint64_t x = d->a;
    const uint64_t y = d->b;

    CHECK(sides > 0);
    d->a = y;
    x ^= x << 23;
    d->b = x ^ y ^ (x >> 17) ^ (y >> 26);
    return (uint32_t)(((d->b + y) >> 32) % sides);
}
