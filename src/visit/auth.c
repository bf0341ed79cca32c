#include "visit/auth.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/dice.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "vault/vault.h"
#include "visit/session.h"
#include "visit/web_route.h"

enum {
    CACHE_PLACES = 256,
    CACHE_MS = 60000,
    SECRET_BYTES = 32,
};

static const char TOKEN_PREFIX[] = "nr_";

struct place {
    struct token token; /* id 0: free */
    int64_t until_ns;
};

struct auth_cache {
    struct place places[CACHE_PLACES];
    size_t next; /* to be replaced */
};

/* What a lookup on the storage thread works with. */
struct lookup {
    uint8_t hash[DIGEST_SHA256_BYTES];
    struct token token;
    visit_fn *then;
};

struct auth_cache *auth_cache_open(void)
{
    struct auth_cache *cache = arena_must_alloc(sizeof *cache);

    memset(cache, 0, sizeof *cache);
    return cache;
}

void auth_cache_close(struct auth_cache **cache)
{
    free(*cache);
    *cache = NULL;
}

static const struct token *cache_find(struct auth_cache *cache, const uint8_t *hash)
{
    const int64_t now_ns = clock_mono_ns();

    for (size_t i = 0; i < CACHE_PLACES; i++) {
        const struct place *p = &cache->places[i];
        if (p->token.id && p->until_ns > now_ns && digest_equal(p->token.hash, hash, SECRET_BYTES))
            return &p->token;
    }
    return NULL;
}

static void cache_put(struct auth_cache *cache, const struct lookup *l)
{
    struct place *p = &cache->places[cache->next];

    cache->next = (cache->next + 1) % CACHE_PLACES;
    p->token = l->token;
    memcpy(p->token.hash, l->hash, sizeof p->token.hash);
    p->until_ns = clock_mono_ns() + CACHE_MS * INT64_C(1000000);
}

void auth_forget_all(struct site *site)
{
    memset(site->tokens, 0, sizeof *site->tokens);
}

void auth_forget(struct site *site, int64_t token)
{
    for (size_t i = 0; i < CACHE_PLACES; i++)
        if (site->tokens->places[i].token.id == token)
            site->tokens->places[i].token.id = 0;
    if (site->ended)
        site->ended(site, &(struct site_ended){.token = token});
}

void auth_make(char out_text[AUTH_TOKEN_SIZE], uint8_t out_hash[32])
{
    uint8_t secret[SECRET_BYTES];
    struct arena *arena = arena_open(0);

    arena_mark_secret(arena);
    dice_fill(secret, sizeof secret);
    const struct span text = base64_url_render(arena, secret, sizeof secret);
    memcpy(out_text, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1);
    memcpy(out_text + sizeof TOKEN_PREFIX - 1, text.data, text.size);
    out_text[AUTH_TOKEN_SIZE - 1] = 0;
    digest_sha256(span_of(out_text), out_hash);
    arena_close(&arena);
}

bool auth_has_signature(const struct visit *v)
{
    return http_header_count(v->rq, "X-Twilio-Signature") > 0;
}

enum metric_refusal auth_refusal(const struct visit *v, struct span account)
{
    const bool is_ours =
        auth_has_signature(v) && account.size > 0 && engine_has_account(v->site->engine, account);

    return is_ours ? METRIC_REFUSAL_SIGNATURE : METRIC_REFUSAL_STRANGER;
}

static const char probe_header[] = "X-Nextring-Probe";

static bool check(struct visit *v, const char *header, const struct form *form, struct span account,
                  struct signature_report *report)
{
    struct signature_keys *own = vault_keys(engine_vault(v->site->engine), account);
    const struct signature_request request = {
        .method = v->rq->method,
        .url = span_of(arena_printf(v->arena, "%.*s%.*s", SPAN_ARG(v->site->public_url),
                                    SPAN_ARG(v->rq->target))),
        .content_type = v->type,
        .body = v->body,
        .form = form,
        .signature = http_header(v->rq, header),
    };
    return signature_check(v->arena, own ? own : v->site->keys, &request, report);
}

static bool is_signed_in(struct visit *v, const char *header, const struct form *form,
                         struct span account)
{
    return http_header_count(v->rq, header) == 1 && check(v, header, form, account, NULL);
}

void auth_explain(struct visit *v, const struct form *form, struct span account,
                  struct signature_report *out)
{
    (void)check(v, "X-Twilio-Signature", form, account, out);
}

bool auth_is_signed(struct visit *v, const struct form *form, struct span account)
{
    return is_signed_in(v, "X-Twilio-Signature", form, account);
}

bool auth_is_probe(struct visit *v, const struct form *form, struct span account)
{
    return is_signed_in(v, probe_header, form, account);
}

static void unauthorized(struct visit *v, const char *message)
{
    v->site->counts.bad_tokens++;
    log_line(LOG_INFO, "web: 401 %s: %s", v->route->path, message);
    visit_fail(v, &(struct visit_error){.status = 401,
                                        .message = message,
                                        .help = "send 'Authorization: Bearer nr_...'; "
                                                "'nextring token add' makes one",
                                        .header = "WWW-Authenticate",
                                        .value = "Bearer realm=\"nextring\""});
}

static void no_such_tenant(struct visit *v)
{
    visit_fail(v, &(struct visit_error){
                      .status = 404, .message = "there is no such tenant", .field = "tenant"});
}

/* Whose rows are asked for. False: it has been answered. */
static bool choose_tenant(struct visit *v)
{
    const struct span slug = form_get(&v->asked, "tenant");
    const int32_t named = slug.size > 0 ? engine_tenant(v->site->engine, slug) : 0;

    const bool may_be_new = v->route->new_tenant && !v->bound &&
                            (slug.size > 0 || engine_tenants(v->site->engine) == 0);

    if (may_be_new && !named)
        return true;
    if (slug.size > 0 && (named == 0 || (v->bound && v->bound != named))) {
        no_such_tenant(v);
        return false;
    }
    v->tenant = v->bound ? v->bound : named;
    if (!v->tenant && engine_tenants(v->site->engine) == 1)
        v->tenant = engine_tenant_at(v->site->engine, 0);
    if (!v->tenant && !v->route->no_tenant) {
        visit_fail(v, &(struct visit_error){.status = 400,
                                            .message = "which tenant is not said",
                                            .field = "tenant",
                                            .help = "add ?tenant=ID to the address"});
        return false;
    }
    return true;
}

bool auth_whose(struct visit *v, struct span slug, int32_t *out)
{
    const bool every = span_is_text(slug, "*");
    const int32_t named = every || slug.size == 0 ? 0 : engine_tenant(v->site->engine, slug);

    if (slug.size == 0 && !v->tenant) {
        visit_fail(v, &(struct visit_error){.status = 400,
                                            .message = "which tenant is not said",
                                            .field = "tenant",
                                            .help = "give its id, or * for every tenant"});
        return false;
    }
    if (slug.size > 0 && ((v->bound && named != v->bound) || (!every && !named))) {
        no_such_tenant(v);
        return false;
    }
    *out = slug.size > 0 ? named : v->tenant;
    return true;
}

static void admit(struct visit *v, visit_fn *then)
{
    if (form_parse(v->arena, v->query, &v->asked)) {
        visit_fail(v, &(struct visit_error){.status = 400,
                                            .message = "the query is malformed",
                                            .help = "check its percent escapes"});
        return;
    }
    if (v->role < v->route->role) {
        const char *words =
            v->user ? "your role does not suffice" : "the token's role does not suffice";
        log_line(LOG_INFO, "web: 403 %s: %s", v->route->path, words);
        visit_fail(v, &(struct visit_error){.status = 403, .message = words});
        return;
    }
    if (choose_tenant(v))
        then(v);
}

static void admit_token(struct visit *v, const struct token *token, visit_fn *then)
{
    v->bound = token->tenant;
    v->role = token->role;
    v->token = token->id;
    v->token_name = arena_copy(v->arena, span_of(token->name));
    admit(v, then);
}

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct lookup *l = v->own;

    return store_token_find(store, l->hash, now_ms, &l->token);
}

static void looked_up(struct visit *v)
{
    struct lookup *l = v->own;

    v->own = NULL;
    if (v->reading.err == ERR_NOT_FOUND) {
        unauthorized(v, "the token is unknown or revoked");
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    cache_put(v->site->tokens, l);
    admit_token(v, &l->token, l->then);
}

static bool take_token(struct visit *v, struct span *out)
{
    const struct span value = http_header(v->rq, "Authorization");
    struct span rest;

    if (!span_is_nocase(span_cut(value, ' ', &rest), SPAN("Bearer")))
        return false;
    *out = span_trim(rest);
    return out->size == AUTH_TOKEN_SIZE - 1 && span_starts(*out, span_of(TOKEN_PREFIX));
}

/* Sessions count where the pages are, and nowhere else. */
static bool serves_sessions(const struct visit *v)
{
    return v->listener == (v->site->pages_apart ? WEB_ADMIN : WEB_PUBLIC);
}

static void admit_user(struct visit *v)
{
    admit(v, v->admitted);
}

void auth_session(struct visit *v, visit_fn *then)
{
    v->admitted = then;
    session_enter(v, admit_user);
}

void auth_token(struct visit *v, visit_fn *then)
{
    struct span text;

    if (v->listener == WEB_CONTROL) {
        v->role = ROLE_ADMIN;
        admit(v, then);
        return;
    }
    if (http_header_count(v->rq, "Authorization") == 0 && serves_sessions(v) &&
        session_is_sent(v)) {
        v->admitted = then;
        session_enter(v, admit_user);
        return;
    }
    if (http_header_count(v->rq, "Authorization") != 1 || !take_token(v, &text)) {
        unauthorized(v, "a token is needed");
        return;
    }
    struct lookup *l = ARENA_NEW(v->arena, struct lookup);
    l->then = then;
    digest_sha256(text, l->hash);
    const struct token *known = cache_find(v->site->tokens, l->hash);
    if (known) {
        admit_token(v, known, then);
        return;
    }
    v->own = l;
    visit_read(v, look_up, looked_up);
}
