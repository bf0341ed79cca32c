/* model/fact_index.h - facts by their keys: a hash table inside the working set. For facts.c and
 * fact_list.c alone; everybody else asks by facts.h.
 *
 * A key is a kind, a tenant, and an id or a text (0 and empty without).
 * Owns: nothing; facts live in the set's arena.
 * Threads: one at a time.
 */
#ifndef MODEL_FACT_INDEX_H
#define MODEL_FACT_INDEX_H

#include "model/fact.h"

/* NULL when it was never wanted. */
struct fact *fact_index_look_up(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                                struct span key);
/* The fact of that key, made when it is not there yet. */
struct fact *fact_index_want(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                             struct span key);
/* The fact that holds the row, or NULL: absent, or (short_of) not loaded yet. */
struct fact *fact_index_find(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                             struct span key);

enum { FACT_INDEX_PAIR_SIZE = LIMIT_NUMBER_SIZE + LIMIT_PARTY_SIZE };

/* The key "line customer", in `room`; what is too long for a row is cut, and so finds none. */
struct span fact_index_pair(char room[FACT_INDEX_PAIR_SIZE], struct span line,
                            struct span customer);
/* A link's key; lives as long as the hash. */
struct span fact_index_hash(const uint8_t hash[LINK_HASH_BYTES]);

#endif
