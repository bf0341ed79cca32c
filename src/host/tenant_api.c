#include "host/tenant_api.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "host/tenant_desk.h"
#include "store/store_tenants.h"
#include "vault/vault.h"
#include "visit/fields.h"

enum { LIST_BYTES_MAX = 4 << 20, ANSWER_BYTES_MAX = 2048 };

/* ---- which there are ---- */

void tenant_api_list(struct visit *v)
{
    size_t count;
    const struct tenant *list = vault_tenants(engine_vault(v->site->engine), &count);

    if (!tenant_desk_may(v))
        return;
    struct buf body = buf_in(v->arena, LIST_BYTES_MAX);
    struct json_out json = json_out(&body);
    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    for (size_t i = 0; i < count; i++)
        tenant_desk_out(v, &json, &list[i]);
    json_out_end_list(&json);
    json_out_null(&json, "next");
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void tenant_api_show(struct visit *v)
{
    const struct tenant *tenant = tenant_desk_find(v);

    if (tenant)
        tenant_desk_answer(v, 200, tenant->slug);
}

/* ---- other terms ---- */

struct change {
    struct tenant tenant; /* as it would be; one that is there is changed by what was given */
    struct store_tenant_change given;
    struct tenant_sealed secret;
    int status;
    const char *kind, *words; /* for the log */
    enum err err;
    const char *why;
};

static void fail(struct visit *v, enum err err)
{
    if (err == ERR_CONFLICT)
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .field = "slug",
                                            .message = "there is a tenant of this name already"});
    else if (err == ERR_NOT_FOUND)
        visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such tenant"});
    else
        visit_fail_busy(v);
}

static void is_in_force(void *ctx, enum err err)
{
    struct visit *v = ctx;
    const struct change *c = v->own;

    if (err) {
        visit_fail_busy(v);
        return;
    }
    tenant_desk_note(v, c->kind, c->words);
    tenant_desk_answer(v, c->status, c->tenant.slug);
}

static void written(struct visit *v)
{
    if (v->reading.err)
        fail(v, v->reading.err);
    else
        tenancy_refresh(engine_tenancy(v->site->engine), is_in_force, v);
}

static enum err note(enum err err, const struct store *store)
{
    if (err && err != ERR_CONFLICT && err != ERR_NOT_FOUND)
        log_line(LOG_ERROR, "a tenant's change is not stored: %s", store_why(store));
    return err;
}

static enum err write_new(struct visit *v, struct store *store, int64_t now_ms)
{
    struct change *c = v->own;

    return note(store_tenants_add(store, &c->tenant, now_ms), store);
}

static enum err write_change(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct change *c = v->own;

    return note(store_tenants_change(store, c->tenant.id, &c->given, now_ms), store);
}

/* Empty: it stays; "none": without bound, where there may be one. */
static bool take_number(struct visit *v, const char *field, struct span text, int32_t min,
                        int32_t max, int32_t *out)
{
    int64_t number = 0;

    if (text.size == 0)
        return true;
    if (min == 0 && span_is_text(text, "none")) {
        *out = 0;
        return true;
    }
    if (!span_number(text, min ? min : 1, max, &number)) {
        fields_refuse(v, field,
                      arena_printf(v->arena, "it is a number from %d to %d%s", min ? min : 1, max,
                                   min ? "" : ", or none"));
        return false;
    }
    *out = (int32_t)number;
    return true;
}

struct wants {
    struct span slug, name, account, weight, texts, calls, state;
};

static bool take_terms(struct visit *v, const struct wants *w, struct tenant_terms *terms)
{
    if (w->state.size && !tenant_state_parse(w->state, &terms->state)) {
        fields_refuse(v, "state", "state is active or suspended");
        return false;
    }
    return take_number(v, "weight", w->weight, 1, TENANT_WEIGHT_MAX, &terms->weight) &&
           take_number(v, "texts_a_day", w->texts, 0, TENANT_A_DAY_MAX, &terms->texts_a_day) &&
           take_number(v, "calls_a_day", w->calls, 0, TENANT_A_DAY_MAX, &terms->calls_a_day);
}

static bool take_name(struct visit *v, struct span name, struct tenant *t)
{
    if (name.size >= sizeof t->name) {
        fields_refuse(v, "name", "longer than 63 bytes");
        return false;
    }
    if (name.size) {
        memcpy(t->name, name.data, name.size);
        t->name[name.size] = 0;
    }
    return true;
}

/* Whoever has a token of an account speaks for all of it: nobody joins an account whose tenant
 * signs by one of his own. */
static bool take_account(struct visit *v, struct span account, struct tenant *t)
{
    struct engine *engine = v->site->engine;

    if (account.size == 0)
        return true;
    if (!tenant_is_account(account)) {
        fields_refuse(v, "account", "it is no account id; copy it from the carrier's console");
        return false;
    }
    if (!span_is_text(account, t->account) && vault_has_account(engine_vault(engine), account) &&
        !vault_is_hosted(engine_vault(engine), account)) {
        visit_fail(v,
                   &(struct visit_error){
                       .status = 409,
                       .field = "account",
                       .message = "another tenant is at this account, with an auth token of its "
                                  "own",
                       .help = "take that one's auth_token away first; the host's then signs for "
                               "both"});
        return false;
    }
    memcpy(t->account, account.data, account.size);
    t->account[account.size] = 0;
    return true;
}

void tenant_api_add(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    struct wants w = {.slug = {NULL, 0}};
    const struct fields_want want[] = {
        {"slug", &w.slug},     {"name", &w.name},         {"account", &w.account},
        {"weight", &w.weight}, {"texts_a_day", &w.texts}, {"calls_a_day", &w.calls},
        {NULL, NULL}};

    if (!tenant_desk_may(v) || !fields_read(v, want))
        return;
    if (!tenant_is_slug(w.slug)) {
        fields_refuse(v, "slug", "it is 1 to 31 of a-z, 0-9 and '-'");
        return;
    }
    c->tenant.terms = tenant_terms_usual;
    memcpy(c->tenant.slug, w.slug.data, w.slug.size);
    if (!take_name(v, w.name.size ? w.name : w.slug, &c->tenant) ||
        !take_account(
            v, w.account.size ? w.account : vault_host_account(engine_vault(v->site->engine)),
            &c->tenant) ||
        !take_terms(v, &w, &c->tenant.terms))
        return;
    c->status = 201;
    c->kind = "tenant.added";
    c->words = arena_text(v->arena, w.slug);
    v->own = c;
    visit_read(v, write_new, written);
}

/* A roster that names its account itself is where that is changed. */
static bool account_is_the_hosts(struct visit *v, const struct tenant *t, struct span account)
{
    const struct roster *roster = engine_roster(v->site->engine, t->id);
    struct engine_document document;

    if (account.size == 0 || span_is_text(account, t->account) || !roster ||
        !engine_document(v->site->engine, t->id, &document) ||
        !memmem(document.text.data, document.text.size, "\"account_sid\"", 13))
        return true;
    visit_fail(v, &(struct visit_error){.status = 409,
                                        .field = "account",
                                        .message = "the tenant's roster names its account",
                                        .help = "change account_sid there, or take it out"});
    return false;
}

static const char *kind_of(const struct tenant *was, const struct tenant *is)
{
    if (was->terms.state == is->terms.state)
        return "tenant.changed";
    return is->terms.state == TENANT_SUSPENDED ? "tenant.suspended" : "tenant.resumed";
}

/* Another node may have changed the rest within the last seconds, and this one not know it yet. */
static struct store_tenant_change given(const struct wants *w, const struct tenant *is)
{
    const struct tenant_terms *t = &is->terms;

    return (struct store_tenant_change){
        .name = w->name.size ? is->name : NULL,
        .account = w->account.size ? is->account : NULL,
        .state = w->state.size ? &t->state : NULL,
        .weight = w->weight.size ? &t->weight : NULL,
        .texts_a_day = w->texts.size ? &t->texts_a_day : NULL,
        .calls_a_day = w->calls.size ? &t->calls_a_day : NULL,
    };
}

void tenant_api_change(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    const struct tenant *was = tenant_desk_find(v);
    struct wants w = {.slug = {NULL, 0}};
    const struct fields_want want[] = {{"name", &w.name},
                                       {"account", &w.account},
                                       {"weight", &w.weight},
                                       {"texts_a_day", &w.texts},
                                       {"calls_a_day", &w.calls},
                                       {"state", &w.state},
                                       {NULL, NULL}};

    if (!was || !fields_read(v, want))
        return;
    c->tenant = *was;
    if (!account_is_the_hosts(v, was, w.account) || !take_name(v, w.name, &c->tenant) ||
        !take_account(v, w.account, &c->tenant) || !take_terms(v, &w, &c->tenant.terms))
        return;
    c->given = given(&w, &c->tenant);
    c->status = 200;
    c->kind = kind_of(was, &c->tenant);
    c->words = arena_text(v->arena, span_of(was->slug));
    v->own = c;
    visit_read(v, write_change, written);
}

/* ---- secrets ---- */

static enum err write_secret(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct change *c = v->own;

    return note(store_tenants_secrets(store, &c->secret, 1, now_ms), store);
}

/* Such as the carrier's are; nothing of it is said. */
static const char *wrong(enum tenant_secret name, struct span value)
{
    if (value.size > TENANT_SECRET_MAX)
        return "it is longer than any such value; copy it again";
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] <= 32 || (unsigned char)value.data[i] >= 127)
            return "it has a blank or another character that none has; copy it again";
    if (name == TENANT_API_KEY && span_starts(value, SPAN("AC")))
        return "it begins with AC, which is the account's; an API key begins with SK";
    return NULL;
}

/* A token of an account that others are at would sign for them, too. */
static bool may_have_token(struct visit *v, const struct tenant *t, enum tenant_secret name)
{
    struct engine *engine = v->site->engine;
    size_t count, there = 0;
    const struct tenant *list = vault_tenants(engine_vault(engine), &count);
    const char *why = NULL;

    if (name != TENANT_AUTH_TOKEN && name != TENANT_AUTH_TOKEN_2)
        return true;
    for (size_t i = 0; i < count; i++)
        there += strcmp(list[i].account, t->account) == 0;
    if (span_is_text(vault_host_account(engine_vault(engine)), t->account))
        why = "the tenant is at the host's own account, whose token is TWILIO_AUTH_TOKEN";
    else if (there > 1)
        why = "others are at this account, and whoever has its token could sign as them";
    if (why)
        visit_fail(v, &(struct visit_error){.status = 409, .field = "name", .message = why});
    return !why;
}

static void seal_failed(struct visit *v)
{
    visit_fail(v, &(struct visit_error){
                      .status = 409,
                      .message = "there is no key by which secrets are sealed",
                      .help = "head -c 32 /dev/urandom > FILE, chmod 600 FILE, and name it by "
                              "NEXTRING_KEY_FILE, or as systemd's credential nextring.key"});
}

void tenant_api_secret(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    struct span name = {NULL, 0}, value = {NULL, 0};
    const struct fields_want want[] = {{"name", &name}, {"value", &value}, {NULL, NULL}};

    v->secret = true;
    const struct tenant *t = tenant_desk_find(v);
    if (!t || !fields_read(v, want))
        return;
    if (!tenant_secret_parse(name, &c->secret.name)) {
        fields_refuse(v, "name",
                      "name is auth_token, auth_token_2, api_key, api_secret or alarm_secret");
        return;
    }
    const char *why = wrong(c->secret.name, value);
    if (why) {
        fields_refuse(v, "value", why);
        return;
    }
    c->tenant = *t;
    c->secret.tenant = t->id;
    if (value.size && !may_have_token(v, t, c->secret.name))
        return;
    if (value.size && tenancy_seal(engine_tenancy(v->site->engine), t, value, &c->secret)) {
        seal_failed(v);
        return;
    }
    c->status = 200;
    c->kind = value.size ? "tenant.secret-set" : "tenant.secret-removed";
    c->words = arena_printf(v->arena, "%s, %s", t->slug, tenant_secret_name(c->secret.name));
    v->own = c;
    visit_read(v, write_secret, written);
}

static void rotated(void *ctx, const struct tenancy_rotation *r)
{
    struct visit *v = ctx;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (r->err == ERR_BAD_INPUT) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = arena_text(v->arena, span_of(r->why))});
        return;
    }
    if (r->err) {
        visit_fail_busy(v);
        return;
    }
    tenant_desk_note(v, "keys.rotated", r->key_id);
    json_out_object(&json, NULL);
    json_out_text_or_null(&json, "key_id", r->key_id[0] ? span_of(r->key_id) : span_of(NULL));
    json_out_number(&json, "sealed", (int64_t)r->sealed);
    json_out_number(&json, "unopened", (int64_t)r->unopened);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void tenant_api_rotate(struct visit *v)
{
    if (!tenant_desk_may(v))
        return;
    if (tenancy_rotate(engine_tenancy(v->site->engine), rotated, v))
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "everything is being sealed anew already"});
}
