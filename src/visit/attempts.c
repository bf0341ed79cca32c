#include "visit/attempts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/dice.h"
#include "codec/digest.h"
#include "net/private_address.h"

enum {
    SETS = 512,
    WAYS = 8, /* a key may stand in any of them */
    SECRET_BYTES = 32,
    KEY_BYTES = 128,
    PREFIX_BYTES = 8, /* an IPv6 /64 */
};

static const struct {
    int32_t period_s, burst;
} rates[ATTEMPTS_OF] = {
    [ATTEMPTS_LOGIN] = {90, 10},
    [ATTEMPTS_ADDRESS] = {10, 30},
    [ATTEMPTS_CODE] = {60, 1},
};

struct slot {
    uint64_t mark;   /* of the key; 0: free */
    int64_t full_ms; /* when all tries are there again */
    bool is_told;
};

struct attempts {
    uint8_t secret[SECRET_BYTES]; /* so that nobody chooses whose place he takes */
    struct slot slots[SETS][WAYS];
};

struct attempts *attempts_open(void)
{
    struct attempts *a = arena_must_alloc(sizeof *a);

    memset(a, 0, sizeof *a);
    dice_fill(a->secret, sizeof a->secret);
    return a;
}

void attempts_close(struct attempts **attempts)
{
    free(*attempts);
    *attempts = NULL;
}

static size_t put_lower(struct span key, char *out)
{
    const size_t size = key.size < KEY_BYTES ? key.size : KEY_BYTES;

    for (size_t i = 0; i < size; i++)
        out[i] = key.data[i] >= 'A' && key.data[i] <= 'Z' ? (char)(key.data[i] - 'A' + 'a')
                                                          : key.data[i];
    return size;
}

/* An IPv6 address without the part that its owner chooses. */
static size_t put_address(struct span key, char *out)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr six;

    if (key.size < sizeof text)
        memcpy(text, key.data, key.size);
    if (inet_pton(AF_INET6, text, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six)) {
        memcpy(out, &six, PREFIX_BYTES);
        return PREFIX_BYTES;
    }
    return put_lower(key, out);
}

static uint64_t mark_of(const struct attempts *a, enum attempts_of of, struct span key)
{
    char text[1 + KEY_BYTES] = {(char)of};
    uint8_t hash[DIGEST_SHA256_BYTES];
    uint64_t mark;

    const size_t size =
        of == ATTEMPTS_ADDRESS ? put_address(key, text + 1) : put_lower(key, text + 1);
    digest_hmac_sha256((struct span){(const char *)a->secret, sizeof a->secret},
                       (struct span){text, 1 + size}, hash);
    memcpy(&mark, hash, sizeof mark);
    return mark | 1;
}

static struct slot *find(struct attempts *a, uint64_t mark)
{
    struct slot *set = a->slots[(mark >> 8) % SETS];

    for (int i = 0; i < WAYS; i++)
        if (set[i].mark == mark)
            return &set[i];
    return NULL;
}

static struct slot *find_or_make(struct attempts *a, uint64_t mark)
{
    struct slot *set = a->slots[(mark >> 8) % SETS], *least = set;
    struct slot *known = find(a, mark);

    if (known)
        return known;
    for (int i = 1; i < WAYS; i++)
        if (set[i].full_ms < least->full_ms)
            least = &set[i];
    *least = (struct slot){.mark = mark};
    return least;
}

static bool has_limit(enum attempts_of of, struct span key)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (of != ATTEMPTS_ADDRESS)
        return true;
    if (key.size < sizeof text)
        memcpy(text, key.data, key.size);
    return !private_address_is_text(text);
}

struct attempts_word attempts_take(struct attempts *a, enum attempts_of of, struct span key,
                                   int64_t now_ms)
{
    const int64_t period_ms = (int64_t)rates[of].period_s * 1000;
    struct attempts_word word = {.wait_s = 0};

    CHECK(of < ATTEMPTS_OF);
    if (!has_limit(of, key))
        return word;
    struct slot *s = find_or_make(a, mark_of(a, of, key));
    if (s->full_ms <= now_ms)
        s->is_told = false;
    const int64_t full_ms = (s->full_ms > now_ms ? s->full_ms : now_ms) + period_ms;
    const int64_t late_ms = full_ms - now_ms - period_ms * rates[of].burst;
    if (late_ms > 0) {
        word.wait_s = (int32_t)((late_ms + 999) / 1000);
        word.is_first = !s->is_told;
        s->is_told = true;
        return word;
    }
    s->full_ms = full_ms;
    return word;
}

void attempts_clear(struct attempts *a, enum attempts_of of, struct span key)
{
    struct slot *s = find(a, mark_of(a, of, key));

    if (s)
        *s = (struct slot){.mark = 0};
}
