/* vault/crypt.h - libsodium in a few words: sealing, memory that stays in memory, passwords.
 *
 * Owns: locked memory is whoever's that asked for it, until crypt_unlock.
 * Threads: any.
 * Source: XChaCha20-Poly1305 with a random nonce for each box; Argon2id with libsodium's limits for
 * interactive use (RFC 9106); docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef VAULT_CRYPT_H
#define VAULT_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum {
    CRYPT_KEY_BYTES = 32,
    CRYPT_MORE_BYTES = 24 + 16, /* by which a box is longer than what is in it */
    CRYPT_ID_SIZE = 17,         /* of a key, with the NUL */
    CRYPT_PASSWORD_SIZE = 128,
};

/* `out` has room for the plain text and CRYPT_MORE_BYTES; `about` is not in the box, but it opens
 * only with the same. */
void crypt_seal(const uint8_t key[CRYPT_KEY_BYTES], struct span about, struct span plain,
                uint8_t *out);
/* `out` has room for what is left without CRYPT_MORE_BYTES, and is not touched unless the whole
 * is right: ERR_DENIED when it is too short, changed, or of another key or `about`. */
MUST_USE enum err crypt_open(const uint8_t key[CRYPT_KEY_BYTES], struct span about,
                             struct span sealed, uint8_t *out);
/* By which a key is known, and nothing is told of it. */
void crypt_id(const uint8_t key[CRYPT_KEY_BYTES], char out[CRYPT_ID_SIZE]);

/* Zeroed memory that is never swapped out, as far as the system's limit (RLIMIT_MEMLOCK) goes:
 * *out_locked tells. */
void *crypt_lock(size_t bytes, bool *out_locked);
/* Wipes and releases; accepts a pointer to NULL and leaves NULL. */
void crypt_unlock(void **memory, size_t bytes);
void crypt_wipe(void *memory, size_t bytes);

/* ERR_BUSY: no memory for it now. */
MUST_USE enum err crypt_password(struct span password, char out[CRYPT_PASSWORD_SIZE]);
bool crypt_password_is(const char *hash, struct span password);

#endif
