#include "admin/session_api.h"

#include <stdio.h>
#include <string.h>

#include "admin/user_note.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/dice.h"
#include "base/log.h"
#include "codec/digest.h"
#include "codec/timestamp.h"
#include "visit/attempts.h"
#include "visit/fields.h"
#include "visit/password.h"
#include "visit/session.h"
#include "visit/web_route.h"

enum {
    ANSWER_BYTES_MAX = 16 << 20, /* a host has thousands of tenants, as in api.c */
    CODE_DIGITS = 6,
    CODE_TRIES = 5,
    TRIES_WAIT_TEXT = 16,
};

/* ---- what a session is ---- */

static void put_tenant(struct json_out *json, const struct roster *roster)
{
    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(roster->tenant));
    json_out_text(json, "name", span_of(roster->name));
    json_out_text(json, "time_zone", span_of(roster->zone ? roster->zone->name : "UTC"));
    json_out_text(json, "region", span_of(roster->region));
    json_out_bool(json, "is_suspended", roster->is_suspended);
    json_out_end_object(json);
}

static void put_tenants(struct visit *v, struct json_out *json)
{
    struct engine *engine = v->site->engine;
    const int count = engine_tenants(engine);
    const int32_t only = v->user->tenant ? v->user->tenant
                         : count == 1    ? engine_tenant_at(engine, 0)
                                         : 0;
    const struct roster *one = only ? engine_roster(engine, only) : NULL;

    json_out_text_or_null(json, "tenant", one ? span_of(one->tenant) : span_of(NULL));
    json_out_list(json, "tenants");
    for (int i = 0; i < count; i++) {
        const int32_t tenant = engine_tenant_at(engine, i);
        const struct roster *roster = engine_roster(engine, tenant);
        if (roster && (!only || tenant == only))
            put_tenant(json, roster);
    }
    json_out_end_list(json);
}

static void put_user(struct json_out *json, const struct visit_user *user)
{
    char id[ID_TEXT_SIZE + 1];

    id_render(user->id, id);
    json_out_object(json, "user");
    json_out_text(json, "id", span_of(id));
    json_out_text(json, "login", user->login);
    json_out_text(json, "name", user->name);
    json_out_text(json, "role", span_of(role_name(user->role)));
    json_out_text_or_null(json, "operator", user->operator_id);
    json_out_end_object(json);
}

static void answer(struct visit *v, const char *cookie)
{
    const struct http_field fields[] = {{cookie ? "Set-Cookie" : NULL, span_of(cookie)},
                                        {NULL, {NULL, 0}}};
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    char at[TIMESTAMP_SIZE];

    json_out_object(&json, NULL);
    put_user(&json, v->user);
    put_tenants(v, &json);
    json_out_text(&json, "csrf", span_of(v->user->csrf));
    timestamp_render(v->user->expires_ms, at);
    json_out_text(&json, "expires_at", span_of(at));
    timestamp_render(engine_now_ms(v->site->engine), at);
    json_out_text(&json, "server_time", span_of(at));
    json_out_text(&json, "version", span_of(v->site->version));
    json_out_end_object(&json);
    CHECK(!body.full); /* a tenant takes some 200 bytes */
    visit_answer(v, &(struct visit_reply){.status = 200,
                                          .type = "application/json",
                                          .body = buf_span(&body),
                                          .fields = fields});
}

void session_api_get(struct visit *v)
{
    answer(v, NULL);
}

/* ---- signing in ---- */

struct start {
    const struct user *user;
    struct session row;
    char secret[SESSION_SECRET_SIZE];
};

static enum err add_session(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct start *s = v->own;
    struct user user;

    (void)now_ms;
    /* While his password was checked he may have been given another, or none. */
    const enum err e = store_user_get(store, s->user->id, &user);
    if (!e && (user.disabled_ms || strcmp(user.password, s->user->password) != 0))
        return ERR_NOT_FOUND;
    return e ? e : store_session_add(store, &s->row);
}

static void started(struct visit *v)
{
    const struct start *s = v->own;
    char cookie[SESSION_COOKIE_SIZE];

    if (v->reading.err == ERR_NOT_FOUND) {
        visit_fail(v, &(struct visit_error){.status = 401, .message = "try again"});
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    log_line(LOG_INFO, "web: %.*s has signed in", SPAN_ARG(v->user->login));
    user_note(v->site, v->user->tenant, USER_NOTE_SIGNED_IN, v->user->id,
              arena_text(v->arena, v->user->login));
    session_cookie(v, s->secret, cookie);
    answer(v, cookie);
}

void session_api_start(struct visit *v, const struct user *user)
{
    struct start *s = ARENA_NEW(v->arena, struct start);

    s->user = user;
    session_make(v, user, &s->row, s->secret);
    v->own = s;
    visit_read(v, add_session, started);
}

/* What is tried, and what became of it. */
struct trial {
    struct span login, password, code;
    struct user user; /* id 0: there is none */
    bool is_right;
};

static struct span peer_of(const struct visit *v)
{
    return v->rq ? v->rq->peer : SPAN("");
}

static void too_many(struct visit *v, int32_t wait_s)
{
    char wait[TRIES_WAIT_TEXT];

    snprintf(wait, sizeof wait, "%d", (int)wait_s);
    visit_fail(v, &(struct visit_error){.status = 429,
                                        .message = "too many have tried to sign in",
                                        .help = "wait a little, then try again",
                                        .header = "Retry-After",
                                        .value = arena_text(v->arena, span_of(wait))});
}

/* Logins are named in the log only when they have the form of one: people type passwords into the
 * wrong field. */
static const char *login_words(struct visit *v, struct span login)
{
    struct span shown = {login.data, login.size < USER_LOGIN_SIZE ? login.size : 0};

    for (size_t i = 0; i < shown.size; i++)
        if (shown.data[i] <= ' ' || shown.data[i] > '~')
            shown.size = 0;
    return shown.size ? arena_text(v->arena, shown) : "(no login)";
}

bool session_api_may_try(struct visit *v, struct span login)
{
    const int64_t now_ms = engine_now_ms(v->site->engine);
    struct attempts *attempts = v->site->attempts;
    struct attempts_word word = attempts_take(attempts, ATTEMPTS_ADDRESS, peer_of(v), now_ms);

    if (!word.wait_s)
        word = attempts_take(attempts, ATTEMPTS_LOGIN, login, now_ms);
    if (!word.wait_s)
        return true;
    v->site->counts.bad_logins++;
    if (word.is_first) {
        const char *who = login_words(v, login);
        log_line(LOG_WARN, "web: too many tries to sign in, the last as %s from %.*s", who,
                 SPAN_ARG(peer_of(v)));
        user_note_locked(v->site, who);
    }
    too_many(v, word.wait_s);
    return false;
}

void session_api_is_right(struct visit *v, struct span login)
{
    attempts_clear(v->site->attempts, ATTEMPTS_LOGIN, login);
    attempts_clear(v->site->attempts, ATTEMPTS_ADDRESS, peer_of(v));
}

static void judge(struct visit *v)
{
    struct trial *t = v->own;

    if (t->is_right) {
        session_api_is_right(v, t->login);
        session_api_start(v, &t->user);
        return;
    }
    v->site->counts.bad_logins++;
    log_line(LOG_INFO, "web: 401 %s: a wrong %s", v->route->path,
             t->code.size ? "code" : "login or password");
    visit_fail(v,
               &(struct visit_error){.status = 401,
                                     .message = t->code.size ? "the code is wrong or has expired"
                                                             : "the login or the password is wrong",
                                     .help = t->code.size ? "ask for a new code" : "try again"});
}

static enum err find_user(struct visit *v, struct store *store, int64_t now_ms)
{
    struct trial *t = v->own;
    const enum err e = store_user_find(store, t->login, &t->user);

    (void)now_ms;
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static void check_password(struct visit *v)
{
    struct trial *t = v->own;

    t->is_right = password_is(t->user.password, t->password) && t->user.id && !t->user.disabled_ms;
}

static void found_user(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_work(v, check_password, judge);
}

/* ---- by a code ---- */

static void hash_code(const struct visit *v, const struct user *user, struct span code,
                      uint8_t out[USER_HASH_BYTES])
{
    const struct span key = {(const char *)v->site->callback_key, sizeof v->site->callback_key};
    const char *text =
        arena_printf(v->arena, "code %lld %.*s", (long long)user->id, SPAN_ARG(code));

    digest_hmac_sha256(key, span_of(text), out);
}

static bool has_code(const struct user *user, int64_t now_ms)
{
    return user->code_until_ms > now_ms && user->code_tries < CODE_TRIES && !user->disabled_ms;
}

/* Each try is counted before anybody hears what it was. A login that nobody has writes, too, and
 * so takes as long. */
static enum err try_code(struct visit *v, struct store *store, int64_t now_ms)
{
    struct trial *t = v->own;
    uint8_t hash[USER_HASH_BYTES];

    enum err e = store_user_find(store, t->login, &t->user);
    if ((e && e != ERR_NOT_FOUND) || e == ERR_NOT_FOUND || !has_code(&t->user, now_ms))
        return e && e != ERR_NOT_FOUND ? e : store_probe(store, now_ms);
    hash_code(v, &t->user, t->code, hash);
    t->is_right = digest_equal(hash, t->user.code_hash, sizeof hash);
    t->user.code_tries++;
    if (t->is_right)
        t->user.code_until_ms = 0; /* once */
    e = store_user_put(store, &t->user, t->user.version, NULL);
    if (e)
        t->is_right = false;
    return e;
}

static void tried_code(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        judge(v);
}

void session_api_add(struct visit *v)
{
    struct trial *t = ARENA_NEW(v->arena, struct trial);
    const struct fields_want want[] = {
        {"login", &t->login}, {"password", &t->password}, {"code", &t->code}, {NULL, NULL}};

    v->secret = true;
    v->own = t;
    if (!fields_read(v, want))
        return;
    if (!t->login.size || (t->password.size > 0) == (t->code.size > 0)) {
        fields_refuse(v, t->login.size ? "password" : "login",
                      "a login is needed, and its password or a code");
        return;
    }
    if (t->code.size && !v->site->sign_in_by_text) {
        fields_refuse(v, "code", "here nobody signs in by a code");
        return;
    }
    if (!session_api_may_try(v, t->login))
        return;
    if (t->code.size)
        visit_read(v, try_code, tried_code);
    else
        visit_read(v, find_user, found_user);
}

struct asked_code {
    struct span login;
    struct user user; /* id 0: no code is texted */
    char code[CODE_DIGITS + 1];
};

static void draw_code(char out[CODE_DIGITS + 1])
{
    uint32_t n = UINT32_MAX;

    while (n >= 4294000000U) /* so that each is as likely */
        dice_fill(&n, sizeof n);
    snprintf(out, CODE_DIGITS + 1, "%06u", (unsigned)(n % 1000000));
}

static enum err make_code(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asked_code *a = v->own;
    struct user user;

    const enum err e = store_user_find(store, a->login, &user);
    if (e && e != ERR_NOT_FOUND)
        return e;
    if (e || user.disabled_ms || !user.tenant || !user.operator_id[0])
        return store_probe(store, now_ms);
    hash_code(v, &user, span_of(a->code), user.code_hash);
    user.code_until_ms = now_ms + USER_NOTE_CODE_MS;
    user.code_tries = 0;
    const enum err put = store_user_put(store, &user, user.version, NULL);
    if (!put)
        a->user = user;
    return put;
}

static void made_code(struct visit *v)
{
    const struct asked_code *a = v->own;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (a->user.id)
        user_note_code(v->site, &a->user, a->code);
    visit_answer(v, &(struct visit_reply){.status = 202});
}

void session_api_code(struct visit *v)
{
    struct asked_code *a = ARENA_NEW(v->arena, struct asked_code);
    const struct fields_want want[] = {{"login", &a->login}, {NULL, NULL}};
    const int64_t now_ms = engine_now_ms(v->site->engine);

    v->secret = true;
    v->own = a;
    if (!fields_read(v, want))
        return;
    if (!a->login.size) {
        fields_refuse(v, "login", "a login is needed");
        return;
    }
    /* The answer is the same whoever that is, and however often. */
    if (!v->site->sign_in_by_text ||
        attempts_take(v->site->attempts, ATTEMPTS_ADDRESS, peer_of(v), now_ms).wait_s ||
        attempts_take(v->site->attempts, ATTEMPTS_CODE, a->login, now_ms).wait_s) {
        visit_answer(v, &(struct visit_reply){.status = 202});
        return;
    }
    draw_code(a->code);
    visit_read(v, make_code, made_code);
}

/* ---- signing out ---- */

static enum err end_session(struct visit *v, struct store *store, int64_t now_ms)
{
    (void)now_ms;
    return store_session_drop(store, v->user->session);
}

static void ended(struct visit *v)
{
    char cookie[SESSION_COOKIE_SIZE];

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    session_forget(v->site, v->user->session);
    user_note(v->site, v->user->tenant, USER_NOTE_SIGNED_OUT, v->user->id,
              arena_text(v->arena, v->user->login));
    session_cookie(v, "", cookie);
    visit_answer(v, &(struct visit_reply){.status = 204,
                                          .fields = (const struct http_field[]){
                                              {"Set-Cookie", span_of(cookie)}, {NULL, {NULL, 0}}}});
}

void session_api_drop(struct visit *v)
{
    visit_read(v, end_session, ended);
}
