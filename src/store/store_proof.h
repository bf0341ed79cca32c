/* store/store_proof.h - whether a database that nobody writes is whole: a backup, or one that was
 * restored.
 *
 * Of a SQLite file every page and index is looked at; of either kind every tenant's log is held
 * against its chain, row by row.
 * Owns: nothing; what it tells lives in the arena.
 * Errors: ERR_BROKEN, it is not whole; others as sql.h. `why` names the first place and the mend.
 * Threads: any, with a connection of its own.
 */
#ifndef STORE_STORE_PROOF_H
#define STORE_STORE_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "journal/journal_chain.h"
#include "model/limits.h"
#include "sql/backend.h"

/* Where a tenant's log ends. */
struct store_proof_log {
    int32_t tenant; /* 0: what is nobody's */
    char slug[LIMIT_SLUG_SIZE];
    int64_t rows, last; /* id of the last one; 0: it never had any */
    bool has_chain;
    uint8_t chain[JOURNAL_HASH_BYTES]; /* of that row */
};

struct store_proof {
    int schema;
    struct store_proof_log *logs;
    size_t count;
    int64_t rows;       /* of all logs */
    int64_t written_ms; /* of the latest row; 0: there is none */
    size_t sealed;      /* secrets of tenants, which open with the file of keys alone */
};

/* `address` as store_open has it. `is_still`: a file that nobody writes, so that none is made
 * beside it. `progress` (NULL: nobody) is told how many rows have been held against their chain. */
struct store_proof_ask {
    const char *address;
    bool is_still;
    void (*progress)(void *ctx, int64_t rows);
    void *ctx;
};
MUST_USE enum err store_proof(struct arena *arena, const struct store_proof_ask *ask,
                              struct store_proof *out, char why[STORE_WHY_SIZE]);

#endif
