#include "simrest/sim_door.h"

#include "codec/base64.h"
#include "simworld/sim_office.h"

enum { CREDENTIALS_MAX = 256 };

/* The account whose name and token, or whose key and secret, these are. */
static struct sim_account *asker_of(struct sim_world *w, struct span user, struct span password,
                                    bool *out_by_key)
{
    for (size_t i = 0; i < w->account_count; i++) {
        struct sim_account *a = &w->accounts[i];
        *out_by_key = false;
        if (span_is_text(user, a->sid))
            return span_is_text(password, a->auth_token) ? a : NULL;
        for (size_t k = 0; k < a->keys.count; k++) {
            const struct sim_key *key = a->keys.rows[k];
            *out_by_key = !key->may_manage;
            if (span_is_text(user, key->sid))
                return span_is_text(password, key->secret) ? a : NULL;
        }
    }
    return NULL;
}

static bool credentials_read(struct sim_api *a)
{
    char plain[CREDENTIALS_MAX];
    size_t size = 0;
    struct span given = http_header(a->rq, "Authorization"), password;

    if (!span_is_nocase((struct span){given.data, given.size < 6 ? 0 : 6}, SPAN("Basic ")) ||
        !base64_parse_any(span_trim(span_skip(given, 6)), plain, sizeof plain, &size))
        return false;
    const struct span user = span_cut((struct span){plain, size}, ':', &password);
    a->asker = asker_of(a->world, user, password, &a->by_key);
    return a->asker != NULL;
}

static bool stands(struct sim_api *a)
{
    const bool lasting = a->route && a->route->flags & SIM_API_LASTING;

    if (a->asker->standing == SIM_ACTIVE && (a->account->standing == SIM_ACTIVE || lasting))
        return true;
    sim_api_refuse(a, a->asker->standing == SIM_ACTIVE ? 403 : 401, 20005, "Account %s is %s",
                   a->account->sid, sim_office_standing_name(a->account->standing));
    return false;
}

static bool is_allowed(struct sim_api *a)
{
    const unsigned flags = a->route ? a->route->flags : 0;

    if ((a->account->test && a->route && !(flags & SIM_API_TESTED)) ||
        (a->asker->test && a->asker != a->account))
        sim_api_refuse(a, 403, 20008, "Resource not accessible with Test Account Credentials");
    else if (a->by_key && flags & SIM_API_MASTERED)
        sim_api_refuse(a, 403, 20403, "An API key may not manage accounts and keys");
    else if (a->account->concurrency && a->account->open_requests > a->account->concurrency)
        sim_api_refuse(a, 429, 20429, "Too Many Requests");
    else
        return true;
    return false;
}

static void over(void *ctx)
{
    struct sim_account *account = ctx;

    account->open_requests--;
}

bool sim_door_opens(struct sim_api *a, struct span account)
{
    if (credentials_read(a))
        a->account = account.size ? sim_world_account(a->world, account) : a->asker;
    if (a->asker && !a->account && a->route && a->route->flags & SIM_API_LASTING) {
        sim_api_refuse_unknown(a);
        return false;
    }
    if (!a->account || (a->account != a->asker && a->account->owner != a->asker)) {
        sim_api_refuse(a, 401, 20003, "Authenticate");
        return false;
    }
    a->account->open_requests++;
    a->rq->over = over;
    a->rq->over_ctx = a->account;
    return stands(a) && is_allowed(a);
}
