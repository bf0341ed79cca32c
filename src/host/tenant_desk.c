#include "host/tenant_desk.h"

#include "base/buf.h"
#include "base/log.h"
#include "codec/json_instant.h"
#include "vault/vault.h"

enum { ANSWER_BYTES_MAX = 8192 };

static void nothing_here(struct visit *v)
{
    visit_fail(v, &(struct visit_error){
                      .status = 404, .message = "there is no such tenant", .field = "tenant"});
}

bool tenant_desk_may(struct visit *v)
{
    if (!v->bound)
        return true;
    nothing_here(v);
    return false;
}

const struct tenant *tenant_desk_find(struct visit *v)
{
    size_t count;
    const struct tenant *list = vault_tenants(engine_vault(v->site->engine), &count);

    if (!tenant_desk_may(v))
        return NULL;
    const struct tenant *tenant = tenant_find(list, count, v->param);
    if (!tenant)
        nothing_here(v);
    return tenant;
}

static void out_bound(struct json_out *json, const char *key, int32_t bound)
{
    if (bound)
        json_out_number(json, key, bound);
    else
        json_out_null(json, key);
}

/* How it is at the carrier. */
static const char *way_of(struct engine *engine, const struct tenant *t)
{
    const struct vault *vault = engine_vault(engine);

    if (span_is_text(vault_host_account(vault), t->account))
        return "pool";
    return vault_is_hosted(vault, span_of(t->account)) ? "subaccount" : "own";
}

void tenant_desk_out(struct visit *v, struct json_out *json, const struct tenant *t)
{
    struct engine *engine = v->site->engine;
    const struct roster *roster = engine_roster(engine, t->id);

    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(t->slug));
    json_out_number(json, "number", t->id);
    json_out_text(json, "name", span_of(t->name));
    json_out_text(json, "account", span_of(t->account));
    json_out_text(json, "way", span_of(way_of(engine, t)));
    json_out_text(json, "state", span_of(tenant_state_name(t->terms.state)));
    json_out_number(json, "weight", t->terms.weight);
    out_bound(json, "texts_a_day", t->terms.texts_a_day);
    out_bound(json, "calls_a_day", t->terms.calls_a_day);
    json_out_list(json, "secrets");
    for (int i = 0; i < TENANT_SECRETS; i++)
        if (vault_has(engine_vault(engine), t->id, (enum tenant_secret)i))
            json_out_text(json, NULL, span_of(tenant_secret_name((enum tenant_secret)i)));
    json_out_end_list(json);
    json_out_bool(json, "has_roster", roster != NULL);
    json_out_number(json, "lines", roster ? roster->line_count : 0);
    json_instant(json, "created_at", t->created_ms);
    json_instant(json, "changed_at", t->changed_ms);
    json_out_end_object(json);
}

void tenant_desk_answer(struct visit *v, int status, const char *slug)
{
    size_t count;
    const struct tenant *list = vault_tenants(engine_vault(v->site->engine), &count);
    const struct tenant *tenant = tenant_find(list, count, span_of(slug));
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (!tenant) { /* somebody has deleted it meanwhile */
        nothing_here(v);
        return;
    }
    tenant_desk_out(v, &json, tenant);
    visit_answer_json(v, status, &body);
}

void tenant_desk_note(struct visit *v, const char *kind, const char *words)
{
    log_line(LOG_INFO, "web: %s: %s, by %.*s", kind, words, SPAN_ARG(visit_by(v)));
}
