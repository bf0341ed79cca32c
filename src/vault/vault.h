/* vault/vault.h - the tenants and their secrets as they are in force: whose token checks a
 * webhook's signature, and by whose credentials a request goes to the carrier.
 *
 * A token belongs to an account of the carrier, and counts for webhooks of that account alone.
 * Where several tenants are at one account, or it is the host's, only the host's tokens count:
 * whoever has a token could else sign as one of the others. An account whose tenant has given none
 * is the host's subaccount as far as we know, and signed by the host's tokens.
 * Requests go by the tenant's own API key, where he has one for the account, else by the host's.
 * Owns: the tenants' list, their secrets in locked memory, and the keyed contexts of their tokens.
 * Threads: loop thread only; what it gives lives until the next vault_take.
 * Source: docs/adr/0031-tenants-and-their-secrets.md; docs/tenants.md.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "model/report_only.h"
#include "model/tenant.h"
#include "provider/signature.h"
#include "vault/keyring.h"

struct vault;

/* The host's own; texts are borrowed and must live as long. */
struct vault_host {
    const char *account;
    const char *user, *password; /* REST: API key and its secret */
};

struct vault *vault_open(const struct vault_host *host);
/* Another login of the host's for every request from now on. */
void vault_take_login(struct vault *vault, const char *user, const char *password);
/* Wipes; accepts a pointer to NULL and leaves NULL. */
void vault_close(struct vault **vault);

/* How a filling went, for people. */
struct vault_sight {
    size_t tenants, secrets;
    size_t unopened;  /* secrets whose key is not there, or that are not what they were */
    size_t shared;    /* tokens that do not count, as others are at the same account */
    size_t old_keys;  /* secrets that another key than the first has sealed */
    bool is_unlocked; /* the memory could not be locked */
};

/* Puts other tenants and secrets in place of those it has. `tenants` are sorted by slug. */
void vault_take(struct vault *vault, const struct keyring *ring, const struct tenant *tenants,
                size_t tenant_count, const struct tenant_sealed *rows, size_t row_count);
/* Lines in report-only mode, in place of those it has. */
void vault_take_lines(struct vault *vault, const struct report_only *rows, size_t count);
struct report_only_list vault_lines(const struct vault *vault);
struct vault_sight vault_sight(const struct vault *vault);

const struct tenant *vault_tenants(const struct vault *vault, size_t *out_count);
/* NULL without. */
const struct tenant *vault_tenant(const struct vault *vault, int32_t id);

/* The host's own account. */
struct span vault_host_account(const struct vault *vault);
/* What a webhook of that account has to be signed by: a tenant's own tokens; NULL: the host's. */
struct signature_keys *vault_keys(struct vault *vault, struct span account);
/* True when it is the host's or a tenant's. */
bool vault_has_account(const struct vault *vault, struct span account);
/* True when the host's credentials speak for it: his own, or that of tenants who gave none. */
bool vault_is_hosted(const struct vault *vault, struct span account);

struct vault_login {
    const char *user, *password;
    int32_t tenant;   /* whose they are; 0: the host's */
    uint32_t edition; /* of all there are: another one each time that any were given anew */
};
/* For a request about `account`, empty: about the tenant's own; `tenant` 0: of whoever is there. */
struct vault_login vault_login(const struct vault *vault, int32_t tenant, struct span account);
/* What a tenant has given to sign his alarms by; empty without. */
struct span vault_alarm_secret(const struct vault *vault, int32_t tenant);
/* Which secrets a tenant has that could be opened. */
bool vault_has(const struct vault *vault, int32_t tenant, enum tenant_secret name);

#endif
