/* base/hash.h - a number for some bytes, by which a table finds them, or a repeat or a change is
 * told.
 *
 * FNV-1a of 64 bits: begin with HASH_BEGIN, and hand on what came back. Some of these numbers are
 * kept in the store, so that they must stay what they are. Whoever may choose the bytes can make
 * two that are alike: nothing secret rests on it. Errors: none. Threads: any. Source: RFC 9923.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define HASH_BEGIN UINT64_C(14695981039346656037)

/* In one step: for numbers that differ in their low bits. */
static inline uint64_t hash_number(uint64_t hash, uint64_t number)
{
    return (hash ^ number) * UINT64_C(1099511628211);
}

static inline uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;

    for (size_t i = 0; i < size; i++)
        hash = hash_number(hash, bytes[i]);
    return hash;
}

static inline uint64_t hash_span(uint64_t hash, struct span text)
{
    return hash_bytes(hash, text.data, text.size);
}

#endif
