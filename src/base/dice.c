#include "base/dice.h"

#include <stdatomic.h>
#include <sys/random.h>

#include "base/check.h"

/* The system's generator is state as well; a rehearsal puts this in its place. */
static uint64_t rehearsed; /* 0: chance */
static atomic_uint rows;
static _Thread_local struct dice row;

void dice_rehearse(uint64_t seed)
{
    rehearsed = seed;
}

static void fill_from_row(unsigned char *at, size_t size)
{
    if (!row.a)
        row = dice_from(rehearsed + atomic_fetch_add(&rows, 1));
    while (size-- > 0)
        *at++ = (unsigned char)dice_throw(&row, 256);
}

void dice_fill(void *out, size_t size)
{
    char *at = out;

    if (rehearsed) {
        fill_from_row(out, size);
        return;
    }
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
