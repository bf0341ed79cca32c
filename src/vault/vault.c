/* Tenants stand by slug; three lists of indexes beside them lead there by id and by account. The
 * secrets of all stand in one locked block, a place for each tenant that has any. */
#include "vault/vault.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "vault/crypt.h"

enum { NONE = -1 };

struct place {
    char values[TENANT_SECRETS][TENANT_SECRET_MAX + 1]; /* "": not given */
};

struct known {
    const struct tenant *tenant;
    int32_t place;               /* of its secrets; NONE without */
    struct signature_keys *keys; /* made when they are first asked for */
};

struct vault {
    struct vault_host host;
    struct tenant *tenants;
    size_t count;
    struct known *by_id;       /* sorted */
    struct known **by_account; /* sorted by account, then id */
    struct place *places;
    size_t place_count;
    struct vault_sight sight;
    struct report_only *lines;
    size_t line_count;
    uint32_t edition;
};

struct vault *vault_open(const struct vault_host *host)
{
    struct vault *v = arena_must_alloc(sizeof *v);

    *v = (struct vault){.host = *host};
    return v;
}

void vault_take_login(struct vault *v, const char *user, const char *password)
{
    v->host.user = user;
    v->host.password = password;
    v->edition++;
}

static void empty(struct vault *v)
{
    void *places = v->places;

    for (size_t i = 0; i < v->count; i++)
        signature_keys_close(&v->by_id[i].keys);
    crypt_unlock(&places, v->place_count * sizeof *v->places);
    free(v->tenants);
    free(v->by_id);
    free(v->by_account);
    *v = (struct vault){
        .host = v->host, .lines = v->lines, .line_count = v->line_count, .edition = v->edition + 1};
}

void vault_close(struct vault **vault)
{
    if (!*vault)
        return;
    empty(*vault);
    free((*vault)->lines);
    free(*vault);
    *vault = NULL;
}

void vault_take_lines(struct vault *v, const struct report_only *rows, size_t count)
{
    free(v->lines);
    v->lines = arena_must_alloc(sizeof *rows * (count + 1));
    v->line_count = count;
    if (count)
        memcpy(v->lines, rows, sizeof *rows * count);
}

struct report_only_list vault_lines(const struct vault *v)
{
    return (struct report_only_list){v->lines, v->line_count};
}

struct vault_sight vault_sight(const struct vault *v)
{
    return v->sight;
}

const struct tenant *vault_tenants(const struct vault *v, size_t *out_count)
{
    *out_count = v->count;
    return v->tenants;
}

struct span vault_host_account(const struct vault *v)
{
    return span_of(v->host.account);
}

/* ---- finding ---- */

static struct known *find(const struct vault *v, int32_t id)
{
    size_t low = 0, high = v->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (v->by_id[middle].tenant->id == id)
            return &v->by_id[middle];
        if (v->by_id[middle].tenant->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct tenant *vault_tenant(const struct vault *v, int32_t id)
{
    const struct known *k = find(v, id);

    return k ? k->tenant : NULL;
}

/* The first at that account; v->count without. */
static size_t first_at(const struct vault *v, struct span account)
{
    size_t low = 0, high = v->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (span_compare(span_of(v->by_account[middle]->tenant->account), account) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct vault *v, size_t i, struct span account)
{
    return i < v->count && span_is_text(account, v->by_account[i]->tenant->account);
}

static const char *value(const struct vault *v, const struct known *k, enum tenant_secret name)
{
    return k && k->place != NONE ? v->places[k->place].values[name] : "";
}

bool vault_has(const struct vault *v, int32_t tenant, enum tenant_secret name)
{
    return value(v, find(v, tenant), name)[0] != 0;
}

struct span vault_alarm_secret(const struct vault *v, int32_t tenant)
{
    return span_of(value(v, find(v, tenant), TENANT_ALARM_SECRET));
}

static bool has_token(const struct vault *v, const struct known *k)
{
    return value(v, k, TENANT_AUTH_TOKEN)[0] || value(v, k, TENANT_AUTH_TOKEN_2)[0];
}

/* Whose token counts for that account; NULL: the host's. */
static struct known *signer(const struct vault *v, struct span account)
{
    const size_t i = first_at(v, account);

    if (span_is_text(account, v->host.account) || !is_at(v, i, account) ||
        is_at(v, i + 1, account) || !has_token(v, v->by_account[i]))
        return NULL;
    return v->by_account[i];
}

bool vault_has_account(const struct vault *v, struct span account)
{
    return account.size > 0 &&
           (span_is_text(account, v->host.account) || is_at(v, first_at(v, account), account));
}

bool vault_is_hosted(const struct vault *v, struct span account)
{
    return vault_has_account(v, account) && !signer(v, account);
}

struct signature_keys *vault_keys(struct vault *v, struct span account)
{
    struct known *k = signer(v, account);

    if (k && !k->keys) {
        const struct span tokens[] = {span_of(value(v, k, TENANT_AUTH_TOKEN)),
                                      span_of(value(v, k, TENANT_AUTH_TOKEN_2))};
        k->keys = signature_keys_open(tokens, 2);
    }
    return k ? k->keys : NULL;
}

static bool has_login(const struct vault *v, const struct known *k, struct span account)
{
    return k && (account.size == 0 || span_is_text(account, k->tenant->account)) &&
           value(v, k, TENANT_API_KEY)[0] && value(v, k, TENANT_API_SECRET)[0];
}

struct vault_login vault_login(const struct vault *v, int32_t tenant, struct span account)
{
    const struct known *k = tenant ? find(v, tenant) : NULL;

    /* What is nobody's in particular, a list of all that an account has, goes by the key of its
     * one tenant. */
    if (!tenant && !span_is_text(account, v->host.account)) {
        const size_t i = first_at(v, account);
        k = is_at(v, i, account) ? v->by_account[i] : NULL;
    }
    if (!has_login(v, k, account))
        return (struct vault_login){v->host.user, v->host.password, 0, v->edition};
    return (struct vault_login){value(v, k, TENANT_API_KEY), value(v, k, TENANT_API_SECRET),
                                k->tenant->id, v->edition};
}

/* ---- filling ---- */

static int compare_ids(const void *a, const void *b)
{
    const int32_t x = ((const struct known *)a)->tenant->id;
    const int32_t y = ((const struct known *)b)->tenant->id;

    return (x > y) - (x < y);
}

static int compare_accounts(const void *a, const void *b)
{
    const struct known *const *x = a, *const *y = b;
    const int c = strcmp((*x)->tenant->account, (*y)->tenant->account);

    return c ? c : compare_ids(*x, *y);
}

static void take_tenants(struct vault *v, const struct tenant *tenants, size_t count)
{
    v->count = count;
    v->tenants = arena_must_alloc(sizeof *tenants * (count + 1));
    v->by_id = arena_must_alloc(sizeof *v->by_id * (count + 1));
    v->by_account = arena_must_alloc(sizeof *v->by_account * (count + 1));
    if (count)
        memcpy(v->tenants, tenants, sizeof *tenants * count);
    for (size_t i = 0; i < count; i++)
        v->by_id[i] = (struct known){&v->tenants[i], NONE, NULL};
    qsort(v->by_id, count, sizeof *v->by_id, compare_ids);
    for (size_t i = 0; i < count; i++)
        v->by_account[i] = &v->by_id[i];
    qsort(v->by_account, count, sizeof *v->by_account, compare_accounts);
}

static void take_secret(struct vault *v, const struct keyring *ring,
                        const struct tenant_sealed *row, int32_t *next_place)
{
    struct known *k = find(v, row->tenant);
    char text[TENANT_SECRET_MAX + 1];

    if (!k)
        return; /* its tenant goes */
    const enum err err = ring ? keyring_unseal(ring, k->tenant->account, row, text) : ERR_NOT_FOUND;
    if (err) {
        v->sight.unopened++;
        log_event(
            LOG_WARN, &(struct log_fields){.tenant = row->tenant}, "the tenant's %s %s",
            tenant_secret_name(row->name),
            err == ERR_NOT_FOUND
                ? "is sealed by a key that is not there: give NEXTRING_KEY_FILE the old key, too"
                : "does not open: it was given for another account, or changed; give it anew");
        return;
    }
    if (k->place == NONE)
        k->place = (*next_place)++;
    memcpy(v->places[k->place].values[row->name], text, sizeof text);
    v->sight.secrets++;
    v->sight.old_keys += strcmp(row->key_id, keyring_id(ring)) != 0;
    crypt_wipe(text, sizeof text);
}

/* Tokens that do not count, since somebody else's webhooks could be signed with them. */
static void count_shared(struct vault *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct known *k = v->by_account[i];
        const struct span account = span_of(k->tenant->account);
        const bool is_shared = span_is_text(account, v->host.account) ||
                               (i > 0 && is_at(v, i - 1, account)) || is_at(v, i + 1, account);
        if (!is_shared || !has_token(v, k))
            continue;
        v->sight.shared++;
        log_event(LOG_WARN, &(struct log_fields){.tenant = k->tenant->id},
                  "the tenant's auth token does not count, as it is not alone at its account");
    }
}

void vault_take(struct vault *v, const struct keyring *ring, const struct tenant *tenants,
                size_t tenant_count, const struct tenant_sealed *rows, size_t row_count)
{
    int32_t next_place = 0;
    bool is_locked = true;

    empty(v);
    take_tenants(v, tenants, tenant_count);
    v->place_count = row_count; /* at most */
    if (row_count)
        v->places = crypt_lock(row_count * sizeof *v->places, &is_locked);
    for (size_t i = 0; i < row_count; i++)
        take_secret(v, ring, &rows[i], &next_place);
    v->sight.tenants = tenant_count;
    v->sight.is_unlocked = !is_locked;
    count_shared(v);
}
