/* source/tenancy.h - the tenants' terms and secrets on their way into force, and anew when they
 * have changed.
 *
 * They are read from the store whole, by the storage thread, opened on the loop thread, and put
 * into the vault; whoever asked is told when they count.
 * Owns: the keyring.
 * Threads: loop thread only, but for tenancy_first, before the storage thread runs.
 * Source: docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef SOURCE_TENANCY_H
#define SOURCE_TENANCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "river/book.h"
#include "river/work.h"
#include "store/store.h"
#include "vault/vault.h"

struct tenancy;

enum { TENANCY_WHY_SIZE = 512 };

struct tenancy_tools {
    const struct intake *intake;
    struct vault *vault;
    struct keyring_from keys;   /* read now, and when they are to be exchanged */
    void (*changed)(void *ctx); /* other terms are in force */
    void *ctx;
};

/* ERR_BAD_INPUT: the file of keys is none; `why` tells how to mend it. */
MUST_USE enum err tenancy_open(const struct tenancy_tools *tools, struct tenancy **out,
                               char why[TENANCY_WHY_SIZE]);
void tenancy_close(struct tenancy **tenancy);
MUST_USE enum err tenancy_first(struct tenancy *tenancy, struct store *store);

/* Reads all anew; `done` (may be NULL) is called when it is in force, or could not be read. */
typedef void tenancy_done_fn(void *ctx, enum err err);
void tenancy_refresh(struct tenancy *tenancy, tenancy_done_fn *done, void *ctx);

/* Reads again what could not be read, once a second of real time. */
void tenancy_turn(struct tenancy *tenancy);

/* Seals a secret of a tenant that the vault has; as keyring_seal. */
MUST_USE enum err tenancy_seal(const struct tenancy *tenancy, const struct tenant *tenant,
                               struct span value, struct tenant_sealed *row);

/* Reads the file of keys again, and seals by the first of them what others have sealed. */
struct tenancy_rotation {
    enum err err;
    const char *why;         /* ERR_BAD_INPUT: what is wrong with the file */
    size_t sealed, unopened; /* sealed anew; still by a key that is not there */
    const char *key_id;
};
typedef void tenancy_rotated_fn(void *ctx, const struct tenancy_rotation *rotation);
/* One at a time: ERR_BUSY while another one is under way. */
MUST_USE enum err tenancy_rotate(struct tenancy *tenancy, tenancy_rotated_fn *done, void *ctx);

/* A book whose entries have the terms of the vault's tenants; a suspended tenant's roster becomes a
 * copy with nobody on duty. `vault` may be NULL, `host` is the host's own account and must live as
 * long as the book. */
struct book *tenancy_book(const struct vault *vault, const char *host, struct book_entry *entries,
                          size_t count);
/* True when the entries' tenants and accounts are the vault's. */
bool tenancy_knows(const struct vault *vault, const struct book *book);

#endif
