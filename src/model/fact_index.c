#include "model/fact_index.h"

#include <string.h>

#include "base/hash.h"

static struct fact **bucket_of(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                               struct span key)
{
    uint64_t h = hash_number(HASH_BEGIN, (uint64_t)kind);

    h = hash_number(h, (uint32_t)tenant);
    h = hash_number(h, (uint64_t)id);
    h = hash_span(h, key);
    /* Ids differ most in their low half. */
    return &f->buckets[(h ^ h >> 32) % FACT_BUCKETS];
}

struct fact *fact_index_look_up(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                                struct span key)
{
    struct fact *fact = *bucket_of(f, kind, tenant, id, key);

    while (fact && !(fact->kind == kind && fact->tenant == tenant && fact->id == id &&
                     span_is(fact->key, key)))
        fact = fact->in_bucket;
    return fact;
}

struct fact *fact_index_want(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                             struct span key)
{
    struct fact *fact = fact_index_look_up(f, kind, tenant, id, key);

    if (fact)
        return fact;
    struct fact **bucket = bucket_of(f, kind, tenant, id, key);
    fact = ARENA_NEW(f->arena, struct fact);
    fact->kind = kind;
    fact->tenant = tenant;
    fact->id = id;
    fact->key = key.size ? arena_copy(f->arena, key) : (struct span){0};
    fact->in_bucket = *bucket;
    *bucket = fact;
    *f->last = fact;
    f->last = &fact->next;
    return fact;
}

struct fact *fact_index_find(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                             struct span key)
{
    struct fact *fact = fact_index_want(f, kind, tenant, id, key);

    if (fact->state == FACT_WANTED)
        f->short_of = true;
    if (fact->state != FACT_PRESENT)
        return NULL;
    return fact->same ? fact->same : fact;
}

struct span fact_index_pair(char room[FACT_INDEX_PAIR_SIZE], struct span line, struct span customer)
{
    const size_t first = line.size < LIMIT_NUMBER_SIZE ? line.size : LIMIT_NUMBER_SIZE - 1;
    const size_t left = FACT_INDEX_PAIR_SIZE - first - 1;
    const size_t second = customer.size < left ? customer.size : left;

    if (first)
        memcpy(room, line.data, first);
    room[first] = ' ';
    if (second)
        memcpy(room + first + 1, customer.data, second);
    return (struct span){room, first + 1 + second};
}

struct span fact_index_hash(const uint8_t hash[LINK_HASH_BYTES])
{
    return (struct span){(const char *)hash, LINK_HASH_BYTES};
}
