#include "model/tenant.h"

#include "model/named.h"

const struct tenant_terms tenant_terms_usual = {.state = TENANT_ACTIVE, .weight = 1};

static const char *const tenant_state_names[TENANT_STATES] = {
    [TENANT_ACTIVE] = "active",
    [TENANT_SUSPENDED] = "suspended",
};

NAMED(tenant_state, TENANT_STATES)

static const char *const tenant_secret_names[TENANT_SECRETS] = {
    [TENANT_AUTH_TOKEN] = "auth_token",     [TENANT_AUTH_TOKEN_2] = "auth_token_2",
    [TENANT_API_KEY] = "api_key",           [TENANT_API_SECRET] = "api_secret",
    [TENANT_ALARM_SECRET] = "alarm_secret",
};

NAMED(tenant_secret, TENANT_SECRETS)

static bool is_small(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool tenant_is_slug(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_small(text.data[i]))
            return false;
    return text.size > 0 && text.size < LIMIT_SLUG_SIZE;
}

bool tenant_is_account(struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        if (!is_small(c) && !(c >= 'A' && c <= 'Z') && c != '_')
            return false;
    }
    return text.size > 0 && text.size < LIMIT_SID_SIZE;
}

const struct tenant *tenant_find(const struct tenant *list, size_t count, struct span slug)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int c = span_compare(span_of(list[middle].slug), slug);
        if (c == 0)
            return &list[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
