#include "admin/setup_api.h"

#include <string.h>

#include "admin/session_api.h"
#include "admin/user_note.h"
#include "base/buf.h"
#include "base/dice.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "visit/fields.h"
#include "visit/password.h"
#include "visit/session.h"

enum { ANSWER_BYTES_MAX = 4096, SECRET_BYTES = 32 };
static const int64_t link_lives_ms = INT64_C(48) * 3600 * 1000;

void setup_api_make(struct user *user, int64_t now_ms, char out_secret[SETUP_API_SECRET_SIZE])
{
    uint8_t secret[SECRET_BYTES];
    struct arena *scratch = arena_open(0);

    arena_mark_secret(scratch);
    dice_fill(secret, sizeof secret);
    const struct span text = base64_url_render(scratch, secret, sizeof secret);
    memcpy(out_secret, text.data, text.size);
    out_secret[text.size] = 0;
    digest_sha256(text, user->setup_hash);
    user->setup_until_ms = now_ms + link_lives_ms;
    arena_close(&scratch);
}

/* One way to a password. */
struct change {
    struct span token, old, wanted;
    uint8_t hash[USER_HASH_BYTES]; /* of the token */
    struct user user;
    struct user fresh; /* as he is now written */
    char password[PASSWORD_HASH_SIZE];
    enum err made; /* of the hash */
    bool is_wrong; /* the old one */
    int64_t now_ms;
};

static bool refuse_link(struct visit *v, const struct change *c)
{
    if (v->reading.err == ERR_NOT_FOUND || c->user.disabled_ms) {
        visit_fail(
            v, &(struct visit_error){.status = 404,
                                     .message = "this link is not known here",
                                     .help = "a newer one may have taken its place: ask for that"});
        return true;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return true;
    }
    if (c->user.setup_until_ms == USER_SETUP_USED) {
        visit_fail(v, &(struct visit_error){.status = 410,
                                            .message = "this link has been used",
                                            .help = "sign in with the password that was set by "
                                                    "it, or ask for a new link"});
        return true;
    }
    if (c->user.setup_until_ms <= c->now_ms) {
        visit_fail(v, &(struct visit_error){.status = 410,
                                            .message = "this link has expired",
                                            .help = "ask for a new one"});
        return true;
    }
    return false;
}

static enum err find(struct visit *v, struct store *store, int64_t now_ms)
{
    struct change *c = v->own;

    c->now_ms = now_ms;
    return store_user_by_setup(store, c->hash, &c->user);
}

static void looked(struct visit *v)
{
    const struct change *c = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (refuse_link(v, c))
        return;
    json_out_object(&json, NULL);
    json_out_text(&json, "login", span_of(c->user.login));
    json_out_text(&json, "name", span_of(c->user.name));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* False: answered. */
static bool take_token(struct visit *v, struct change *c)
{
    if (!c->token.size) {
        fields_refuse(v, "token", "the link's token is missing");
        return false;
    }
    digest_sha256(c->token, c->hash);
    return true;
}

void setup_api_look(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    const struct fields_want want[] = {{"token", &c->token}, {NULL, NULL}};

    v->secret = true;
    v->own = c;
    if (fields_read(v, want) && take_token(v, c))
        visit_read(v, find, looked);
}

/* False: answered. */
static bool is_good(struct visit *v, const struct change *c, const char *field)
{
    const struct roster *roster =
        c->user.tenant ? engine_roster(v->site->engine, c->user.tenant) : NULL;
    const char *why = password_judge(c->wanted, span_of(c->user.login), span_of(c->user.name),
                                     span_of(roster ? roster->name : ""));

    if (!why)
        return true;
    visit_fail(v, &(struct visit_error){.status = 400,
                                        .field = field,
                                        .message = why,
                                        .help = "three or four words that do not belong together "
                                                "are easy to keep and hard to guess"});
    return false;
}

static void make_hash(struct visit *v)
{
    struct change *c = v->own;

    c->made = password_hash(c->wanted, c->password);
}

/* What was read before the hash was made may have changed since: it is read again. */
static enum err put_first(struct visit *v, struct store *store, int64_t now_ms)
{
    struct change *c = v->own;

    const enum err e = find(v, store, now_ms);
    if (e || c->user.disabled_ms || c->user.setup_until_ms <= now_ms)
        return e;
    struct user next = c->user;
    next.setup_until_ms = USER_SETUP_USED;
    next.version++;
    memcpy(next.password, c->password, sizeof next.password);
    c->fresh = next;
    return store_user_put(store, &next, c->user.version, NULL);
}

static void first_is_put(struct visit *v)
{
    const struct change *c = v->own;

    if (refuse_link(v, c))
        return;
    session_forget_user(v->site, c->user.id, NULL);
    session_api_is_right(v, span_of(c->user.login));
    log_line(LOG_INFO, "web: %s has set a password by the link", c->user.login);
    user_note(v->site, c->user.tenant, USER_NOTE_SET_UP, c->user.id, c->user.login);
    session_api_start(v, &c->fresh);
}

static void made_first(struct visit *v)
{
    const struct change *c = v->own;

    if (c->made)
        visit_fail_busy(v);
    else
        visit_read(v, put_first, first_is_put);
}

static void may_set(struct visit *v)
{
    struct change *c = v->own;

    if (!refuse_link(v, c) && is_good(v, c, "password"))
        visit_work(v, make_hash, made_first);
}

void setup_api_act(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    const struct fields_want want[] = {
        {"token", &c->token}, {"password", &c->wanted}, {NULL, NULL}};

    v->secret = true;
    v->own = c;
    if (fields_read(v, want) && take_token(v, c))
        visit_read(v, find, may_set);
}

/* ---- another password ---- */

static enum err find_self(struct visit *v, struct store *store, int64_t now_ms)
{
    struct change *c = v->own;

    (void)now_ms;
    return store_user_get(store, v->user->id, &c->user);
}

static void check_and_make(struct visit *v)
{
    struct change *c = v->own;

    c->is_wrong = !password_is(c->user.password, c->old);
    if (!c->is_wrong)
        c->made = password_hash(c->wanted, c->password);
}

static enum err put_next(struct visit *v, struct store *store, int64_t now_ms)
{
    struct change *c = v->own;
    struct user next = c->user;

    (void)now_ms;
    next.version++;
    memcpy(next.password, c->password, sizeof next.password);
    return store_user_put(store, &next, c->user.version, v->user->session);
}

static void next_is_put(struct visit *v)
{
    const struct change *c = v->own;

    if (v->reading.err) {
        visit_fail_busy(v); /* he was changed meanwhile: the next try sees it */
        return;
    }
    session_forget_user(v->site, c->user.id, v->user->session);
    session_api_is_right(v, v->user->login);
    log_line(LOG_INFO, "web: %s has another password", c->user.login);
    user_note(v->site, c->user.tenant, USER_NOTE_PASSWORD, c->user.id, c->user.login);
    visit_answer(v, &(struct visit_reply){.status = 204});
}

static void checked(struct visit *v)
{
    const struct change *c = v->own;

    if (c->is_wrong) {
        v->site->counts.bad_logins++;
        visit_fail(v, &(struct visit_error){
                          .status = 403, .field = "old", .message = "the old password is wrong"});
    } else if (c->made) {
        visit_fail_busy(v);
    } else {
        visit_read(v, put_next, next_is_put);
    }
}

static void found_self(struct visit *v)
{
    struct change *c = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else if (is_good(v, c, "new"))
        visit_work(v, check_and_make, checked);
}

void setup_api_password(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    const struct fields_want want[] = {{"old", &c->old}, {"new", &c->wanted}, {NULL, NULL}};

    v->own = c;
    if (!fields_read(v, want))
        return;
    if (!c->old.size)
        fields_refuse(v, "old", "the old password is missing");
    else if (session_api_may_try(v, v->user->login))
        visit_read(v, find_self, found_self);
}
