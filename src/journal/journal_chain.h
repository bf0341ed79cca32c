/* journal/journal_chain.h - the chain of a tenant's log: each row's hash is over its own metadata,
 * over what stands for its erasable words, and over the hash of the row before.
 *
 * The words of a row (`detail`) count by a hash of theirs with a random salt. To erase them is to
 * drop the words and put that hash in the salt's place: the row goes on proving what it proved,
 * and nobody can try words against the hash any more.
 * Threads: any.
 * Source: docs/adr/0026-the-chain-of-the-log.md.
 */
#ifndef JOURNAL_JOURNAL_CHAIN_H
#define JOURNAL_JOURNAL_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum {
    JOURNAL_SALT_BYTES = 16,
    JOURNAL_HASH_BYTES = 32,
    JOURNAL_NAME_MAX = 64, /* bytes of a kind or an operator's id */
};

struct journal_row {
    int32_t tenant;
    int64_t id, at_ms, thread, subject; /* 0 without */
    struct span kind, operator_id;      /* at most JOURNAL_NAME_MAX; empty: none */
    struct span detail;
    bool alarm;
    /* JOURNAL_SALT_BYTES beside words; JOURNAL_HASH_BYTES of the words' hash once they are erased;
     * empty for a row that never had any. */
    struct span salt;
};

struct digest_hash; /* codec/digest.h; for many rows. NULL will do */

/* What stands for words in the chain, and for erased ones in the salt's place. */
void journal_chain_detail(struct digest_hash *hash, struct span salt, struct span detail,
                          uint8_t out[JOURNAL_HASH_BYTES]);
/* The row's hash, `before` being that of the row before; all zero at the log's beginning. */
void journal_chain_next(struct digest_hash *hash, const uint8_t before[JOURNAL_HASH_BYTES],
                        const struct journal_row *row, uint8_t out[JOURNAL_HASH_BYTES]);

#endif
