/* vault/keyring.h - the keys that seal the tenants' secrets: read from a file, known by ids.
 *
 * The file is systemd's credential nextring.key, else what NEXTRING_KEY_FILE names. It holds one
 * to KEYRING_MAX keys of 32 random bytes, one after the other: the first seals, all of them open,
 * so that a new one is put in front and the old one is taken out once everything is sealed anew.
 * What is sealed is bound to tenant, name and account: it opens for no other.
 * Owns: the keys, in locked memory, wiped by keyring_close.
 * Errors: keyring_open lists what is wrong with the file and its mend.
 * Threads: one at a time.
 * Source: docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef VAULT_KEYRING_H
#define VAULT_KEYRING_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"
#include "model/tenant.h"

enum { KEYRING_MAX = 4 };

struct keyring;

struct keyring_from {
    const char *folder; /* CREDENTIALS_DIRECTORY; NULL: none */
    const char *file;   /* NEXTRING_KEY_FILE; NULL: none */
    uid_t self;         /* effective user */
};

/* Where there is no file at all the ring is empty: nothing can be sealed or opened. */
MUST_USE enum err keyring_open(const struct keyring_from *from, struct keyring **out,
                               struct mistakes *mistakes);
/* Accepts a pointer to NULL and leaves NULL. */
void keyring_close(struct keyring **ring);

int keyring_count(const struct keyring *ring);
/* Of the key that seals; "" of an empty ring. */
const char *keyring_id(const struct keyring *ring);
bool keyring_is_locked(const struct keyring *ring);
/* True when one of its keys goes by that id. */
bool keyring_has(const struct keyring *ring, const char *key_id);

/* Fills bytes, size and key_id of `row`, whose tenant and name are set. ERR_NOT_FOUND: there is no
 * key; ERR_FULL: above TENANT_SECRET_MAX. */
MUST_USE enum err keyring_seal(const struct keyring *ring, const char *account, struct span value,
                               struct tenant_sealed *row);
/* `out` ends in a NUL. ERR_NOT_FOUND: its key is not on the ring; ERR_DENIED: it was changed, or is
 * another tenant's, another secret's or another account's. */
MUST_USE enum err keyring_unseal(const struct keyring *ring, const char *account,
                                 const struct tenant_sealed *row, char out[TENANT_SECRET_MAX + 1]);

#endif
