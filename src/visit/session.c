#include "visit/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/dice.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "visit/web_route.h"

enum {
    CACHE_PLACES = 1024,
    CACHE_MS = 60000,
    USED_MS = 60000, /* how stale the store's notion of the last use may be */
    SECRET_BYTES = 32,
};
static const int64_t lives_ms = INT64_C(30) * 24 * 3600 * 1000;

static const char secure_name[] = "__Host-nextring", plain_name[] = "nextring_session";

struct place {
    struct session session; /* user 0: free */
    struct user user;
    int64_t until_ns;
};

struct session_cache {
    struct place places[CACHE_PLACES];
    size_t next; /* to be replaced */
};

/* What a look-up on the storage thread works with. */
struct lookup {
    uint8_t hash[DIGEST_SHA256_BYTES];
    char csrf[VISIT_CSRF_SIZE];
    struct session session;
    struct user user;
    visit_fn *then;
};

struct session_cache *session_cache_open(void)
{
    struct session_cache *cache = arena_must_alloc(sizeof *cache);

    memset(cache, 0, sizeof *cache);
    return cache;
}

void session_cache_close(struct session_cache **cache)
{
    free(*cache);
    *cache = NULL;
}

static struct place *cache_find(struct session_cache *cache, const uint8_t *hash)
{
    const int64_t now_ns = clock_mono_ns();

    for (size_t i = 0; i < CACHE_PLACES; i++) {
        struct place *p = &cache->places[i];
        if (p->session.user && p->until_ns > now_ns &&
            digest_equal(p->session.hash, hash, SECRET_BYTES))
            return p;
    }
    return NULL;
}

static void cache_put(struct session_cache *cache, const struct session *session,
                      const struct user *user)
{
    struct place *p = &cache->places[cache->next];

    cache->next = (cache->next + 1) % CACHE_PLACES;
    p->session = *session;
    p->user = *user;
    memset(p->user.password, 0, sizeof p->user.password);
    p->until_ns = clock_mono_ns() + CACHE_MS * INT64_C(1000000);
}

void session_forget_user(struct site *site, int64_t user, const uint8_t *keep)
{
    for (size_t i = 0; i < CACHE_PLACES; i++) {
        struct place *p = &site->sessions->places[i];
        if (p->session.user == user && (!keep || memcmp(p->session.hash, keep, SECRET_BYTES) != 0))
            p->session.user = 0;
        else if (p->session.user == user)
            p->until_ns = 0; /* it stays, but what is known of its user may not */
    }
    if (site->ended)
        site->ended(site, &(struct site_ended){.user = user, .keep = keep});
}

void session_forget_all(struct site *site)
{
    for (size_t i = 0; i < CACHE_PLACES; i++)
        site->sessions->places[i].session.user = 0;
}

void session_forget(struct site *site, const uint8_t hash[USER_HASH_BYTES])
{
    struct place *p = cache_find(site->sessions, hash);

    if (p)
        p->session.user = 0;
    if (site->ended)
        site->ended(site, &(struct site_ended){.session = hash});
}

static const char *cookie_name(const struct visit *v)
{
    return v->site->pages_secure ? secure_name : plain_name;
}

/* How often our cookie is there; *out is the first. */
static int find_cookie(const struct visit *v, struct span *out)
{
    struct span rest = http_header(v->rq, "Cookie");
    const struct span name = span_of(cookie_name(v));
    int count = 0;

    while (rest.size) {
        struct span value;
        const struct span pair = span_trim(span_cut(rest, ';', &rest));
        const struct span key = span_cut(pair, '=', &value);
        if (!span_is(key, name))
            continue;
        if (++count == 1)
            *out = value;
    }
    return count;
}

bool session_is_sent(const struct visit *v)
{
    struct span value;

    return find_cookie(v, &value) > 0;
}

static void sign_in_first(struct visit *v, const char *why)
{
    char cookie[SESSION_COOKIE_SIZE];

    v->site->counts.bad_sessions++;
    log_line(LOG_INFO, "web: 401 %s: %s", v->route->path, why);
    session_cookie(v, "", cookie);
    visit_fail(v, &(struct visit_error){.status = 401,
                                        .message = why,
                                        .help = "sign in",
                                        .header = "Set-Cookie",
                                        .value = arena_text(v->arena, span_of(cookie))});
}

static void foreign(struct visit *v, const char *message)
{
    v->site->counts.bad_sessions++;
    log_line(LOG_WARN, "web: 403 %s: %s", v->route->path, message);
    visit_fail(
        v, &(struct visit_error){.status = 403, .message = message, .help = "load the page again"});
}

/* "https://host:port" of an address. */
static struct span origin_of(struct span url)
{
    struct span rest;
    const struct span scheme = span_cut(url, ':', &rest);

    if (!span_starts(rest, SPAN("//")))
        return (struct span){NULL, 0};
    const struct span host = span_cut(span_skip(rest, 2), '/', &rest);
    return (struct span){url.data, scheme.size + 3 + host.size};
}

static bool is_loopback(struct span host)
{
    return span_starts(host, SPAN("127.")) || span_starts(host, SPAN("[::1]")) ||
           span_is(host, SPAN("localhost")) || span_starts(host, SPAN("localhost:"));
}

/* A page of ours is of the address that people are told, or of the one that this request was
 * sent to: a browser tells both, and no other site's page can choose them. */
static bool is_own_origin(const struct visit *v, struct span origin)
{
    const struct span host = http_header(v->rq, "Host");
    struct span rest = origin;

    if (http_header_count(v->rq, "Origin") != 1)
        return false;
    if (span_is_nocase(origin, origin_of(v->site->pages_url)))
        return true;
    if (span_starts(origin, SPAN("http://")) && (!v->site->pages_secure || is_loopback(host)))
        rest = span_skip(origin, sizeof "http://" - 1);
    else if (span_starts(origin, SPAN("https://")))
        rest = span_skip(origin, sizeof "https://" - 1);
    else
        return false;
    return host.size > 0 && http_header_count(v->rq, "Host") == 1 && span_is_nocase(rest, host);
}

bool session_is_own_page(struct visit *v)
{
    if (is_own_origin(v, http_header(v->rq, "Origin")))
        return true;
    foreign(v, "this was not asked by a page of ours");
    return false;
}

static void make_csrf(struct span secret, char out[VISIT_CSRF_SIZE])
{
    uint8_t mark[DIGEST_SHA256_BYTES];
    struct arena *scratch = arena_open(256);

    arena_mark_secret(scratch);
    digest_hmac_sha256(secret, SPAN("nextring page"), mark);
    const struct span text = base64_url_render(scratch, mark, sizeof mark);
    memcpy(out, text.data, text.size);
    out[text.size] = 0;
    arena_close(&scratch);
}

static bool is_marked(const struct visit *v, const char *csrf)
{
    const struct span mark = http_header(v->rq, "X-CSRF-Token");

    return http_header_count(v->rq, "X-CSRF-Token") == 1 && mark.size == VISIT_CSRF_SIZE - 1 &&
           digest_equal(mark.data, csrf, VISIT_CSRF_SIZE - 1);
}

static void fill_user(struct visit *v, const struct session *s, const struct user *u,
                      const char *csrf)
{
    struct visit_user *user = ARENA_NEW(v->arena, struct visit_user);

    user->id = u->id;
    user->login = arena_copy(v->arena, span_of(u->login));
    user->name = arena_copy(v->arena, span_of(u->name));
    user->operator_id = arena_copy(v->arena, span_of(u->operator_id));
    user->tenant = u->tenant;
    user->role = u->role;
    user->expires_ms = s->expires_ms;
    memcpy(user->session, s->hash, sizeof user->session);
    memcpy(user->csrf, csrf, VISIT_CSRF_SIZE);
    v->user = user;
    v->bound = u->tenant;
    v->role = u->role;
    v->secret = true;
}

static void admit(struct visit *v, const struct lookup *l)
{
    fill_user(v, &l->session, &l->user, l->csrf);
    l->then(v);
}

/* Judged before anything is waited for: whoever asked may be gone by then. False: answered. */
static bool may_act(struct visit *v, const char *csrf)
{
    if (v->route->method == ROUTE_GET)
        return true;
    if (!session_is_own_page(v))
        return false;
    if (is_marked(v, csrf))
        return true;
    foreign(v, "the page's X-CSRF-Token is missing or wrong");
    return false;
}

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct lookup *l = v->own;

    return store_session_find(store, l->hash, now_ms, &l->session, &l->user);
}

static void looked_up(struct visit *v)
{
    const struct lookup *l = v->own;

    v->own = NULL;
    if (v->reading.err == ERR_NOT_FOUND) {
        sign_in_first(v, "the session has ended");
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    cache_put(v->site->sessions, &l->session, &l->user);
    admit(v, l);
}

/* By the engine's clock, as the store judges it. */
static bool is_fresh(const struct place *p, int64_t now_ms)
{
    return now_ms < p->session.expires_ms && now_ms - p->session.used_ms < USED_MS;
}

void session_enter(struct visit *v, visit_fn *then)
{
    struct lookup *l = ARENA_NEW(v->arena, struct lookup);
    struct span secret = {NULL, 0};

    v->secret = true;
    l->then = then;
    const int count = find_cookie(v, &secret);
    if (count != 1 || secret.size != SESSION_SECRET_SIZE - 1) {
        sign_in_first(v, count == 0  ? "nobody has signed in"
                         : count > 1 ? "there are two sessions in one request"
                                     : "the session is malformed");
        return;
    }
    digest_sha256(secret, l->hash);
    make_csrf(secret, l->csrf);
    if (!may_act(v, l->csrf))
        return;
    const struct place *p = cache_find(v->site->sessions, l->hash);
    if (p && is_fresh(p, engine_now_ms(v->site->engine))) {
        l->session = p->session;
        l->user = p->user;
        admit(v, l);
        return;
    }
    v->own = l;
    visit_read(v, look_up, looked_up);
}

void session_make(struct visit *v, const struct user *user, struct session *out_row,
                  char out_secret[SESSION_SECRET_SIZE])
{
    const int64_t now_ms = engine_now_ms(v->site->engine);
    const struct span agent = v->rq ? http_header(v->rq, "User-Agent") : (struct span){NULL, 0};
    uint8_t secret[SECRET_BYTES];
    char csrf[VISIT_CSRF_SIZE];
    struct session row = {
        .user = user->id,
        .created_ms = now_ms,
        .used_ms = now_ms,
        .expires_ms = now_ms + lives_ms,
    };

    v->secret = true;
    dice_fill(secret, sizeof secret);
    const struct span text = base64_url_render(v->arena, secret, sizeof secret);
    memcpy(out_secret, text.data, text.size);
    out_secret[text.size] = 0;
    digest_sha256(text, row.hash);
    for (size_t i = 0; i < agent.size && i < sizeof row.agent - 1; i++)
        row.agent[i] = agent.data[i] >= ' ' && agent.data[i] <= '~' ? agent.data[i] : '?';
    make_csrf(text, csrf);
    fill_user(v, &row, user, csrf);
    *out_row = row;
}

void session_cookie(const struct visit *v, const char *secret, char out[SESSION_COOKIE_SIZE])
{
    snprintf(out, SESSION_COOKIE_SIZE, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s; Max-Age=%lld",
             cookie_name(v), secret, v->site->pages_secure ? "; Secure" : "",
             *secret ? (long long)(lives_ms / 1000) : 0LL);
}
