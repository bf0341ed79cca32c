#include "journal/journal_chain.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "codec/digest.h"

enum {
    DETAIL_BYTES = 1024, /* words up to this size are put together with their salt in place */
    /* Mark, numbers, two names with their sizes, two hashes. */
    ROW_BYTES = 4 + 4 + 4 * 8 + 1 + 2 * (1 + JOURNAL_NAME_MAX) + 2 * JOURNAL_HASH_BYTES,
};

struct bytes {
    uint8_t data[ROW_BYTES];
    size_t size;
};

static void add(struct bytes *b, const void *data, size_t size)
{
    CHECK(size <= sizeof b->data - b->size);
    if (size)
        memcpy(b->data + b->size, data, size);
    b->size += size;
}

static void add_number(struct bytes *b, int64_t number, size_t bytes)
{
    const uint64_t big = htobe64((uint64_t)number);

    add(b, (const char *)&big + sizeof big - bytes, bytes);
}

static void add_name(struct bytes *b, struct span name)
{
    CHECK(name.size <= JOURNAL_NAME_MAX);
    add_number(b, (int64_t)name.size, 1);
    add(b, name.data, name.size);
}

void journal_chain_detail(struct digest_hash *hash, struct span salt, struct span detail,
                          uint8_t out[JOURNAL_HASH_BYTES])
{
    char near_by[DETAIL_BYTES];
    char *text = near_by;

    CHECK(salt.size == JOURNAL_SALT_BYTES);
    if (salt.size + detail.size > sizeof near_by)
        text = arena_must_alloc(salt.size + detail.size);
    memcpy(text, salt.data, salt.size);
    if (detail.size)
        memcpy(text + salt.size, detail.data, detail.size);
    digest_hash_sha256(hash, (struct span){text, salt.size + detail.size}, out);
    if (text != near_by)
        free(text);
}

void journal_chain_next(struct digest_hash *hash, const uint8_t before[JOURNAL_HASH_BYTES],
                        const struct journal_row *row, uint8_t out[JOURNAL_HASH_BYTES])
{
    uint8_t words[JOURNAL_HASH_BYTES] = {0};
    struct bytes b;

    b.size = 0;
    if (row->salt.size == JOURNAL_HASH_BYTES)
        memcpy(words, row->salt.data, sizeof words);
    else if (row->salt.size)
        journal_chain_detail(hash, row->salt, row->detail, words);
    add(&b, "nrl1", 4);
    add_number(&b, row->tenant, 4);
    add_number(&b, row->id, 8);
    add_number(&b, row->at_ms, 8);
    add_number(&b, row->thread, 8);
    add_number(&b, row->subject, 8);
    add_number(&b, row->alarm, 1);
    add_name(&b, row->kind);
    add_name(&b, row->operator_id);
    add(&b, words, sizeof words);
    add(&b, before, JOURNAL_HASH_BYTES);
    digest_hash_sha256(hash, (struct span){(const char *)b.data, b.size}, out);
}
