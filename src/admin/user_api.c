#include "admin/user_api.h"

#include <string.h>

#include "admin/setup_api.h"
#include "admin/user_note.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/log.h"
#include "base/utf8.h"
#include "codec/timestamp.h"
#include "visit/auth.h"
#include "visit/fields.h"
#include "visit/session.h"

enum { ANSWER_BYTES_MAX = 8192, ANY_VERSION = 0 };

struct edit {
    struct span tenant, login, name, role, operator_id, is_disabled; /* as given */
    int64_t id, was;                                                 /* If-Match; or ANY_VERSION */
    struct user before, user;
    char secret[SETUP_API_SECRET_SIZE]; /* of a link */
    const char *wrong_field, *wrong;    /* NULL: nothing */
    bool is_stale, is_own;
};

/* ---- how he is shown ---- */

static void put_time(struct json_out *json, const char *key, int64_t ms)
{
    char at[TIMESTAMP_SIZE];

    if (ms > USER_SETUP_USED)
        timestamp_render(ms, at);
    json_out_text_or_null(json, key, ms > USER_SETUP_USED ? span_of(at) : span_of(NULL));
}

static void put_user(struct visit *v, struct json_out *json, const struct user *u)
{
    const struct roster *roster = u->tenant ? engine_roster(v->site->engine, u->tenant) : NULL;
    char id[ID_TEXT_SIZE + 1];

    id_render(u->id, id);
    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(id));
    json_out_text_or_null(json, "tenant", span_of(roster ? roster->tenant : NULL));
    json_out_text(json, "login", span_of(u->login));
    json_out_text(json, "name", span_of(u->name));
    json_out_text(json, "role", span_of(role_name(u->role)));
    json_out_text_or_null(json, "operator", span_of(u->operator_id));
    json_out_bool(json, "is_disabled", u->disabled_ms != 0);
    json_out_bool(json, "is_set_up", u->password[0] != 0);
    put_time(json, "created_at", u->created_ms);
    put_time(json, "seen_at", u->seen_ms);
    put_time(json, "disabled_at", u->disabled_ms);
    put_time(json, "setup_until_at", u->setup_until_ms);
    json_out_number(json, "version", u->version);
    json_out_end_object(json);
}

static void answer_user(struct visit *v, int status, const struct user *u)
{
    const struct http_field fields[] = {
        {"ETag", span_of(arena_printf(v->arena, "\"%lld\"", (long long)u->version))},
        {NULL, {NULL, 0}},
    };
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    put_user(v, &json, u);
    CHECK(!body.full);
    visit_answer(v, &(struct visit_reply){.status = status,
                                          .type = "application/json",
                                          .body = buf_span(&body),
                                          .fields = fields});
}

/* ---- what is asked of him ---- */

static bool is_login(struct span login)
{
    if (login.size < 2 || login.size >= USER_LOGIN_SIZE)
        return false;
    for (size_t i = 0; i < login.size; i++) {
        const char c = login.data[i];
        const bool is_word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && !strchr("._@+-", c))
            return false;
    }
    return true;
}

static bool is_name(struct span name)
{
    if (!name.size || name.size >= LIMIT_NAME_SIZE || !utf8_is_valid(name))
        return false;
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] < ' ' || name.data[i] == 0x7f)
            return false;
    return true;
}

static void put_text(char *out, size_t size, struct span text)
{
    CHECK(text.size < size);
    memset(out, 0, size);
    if (text.size)
        memcpy(out, text.data, text.size);
}

static void is_wrong(struct edit *x, const char *field, const char *why)
{
    x->wrong_field = field;
    x->wrong = why;
}

/* What is written of him; by whoever is new, and by what was given of an old one. */
static void judge_name(struct edit *x)
{
    const struct span name = x->name.data ? span_trim(x->name) : (struct span){NULL, 0};

    if (!name.data)
        return;
    if (is_name(name))
        put_text(x->user.name, sizeof x->user.name, name);
    else
        is_wrong(x, "name", "a name has 1 to 63 bytes, on one line");
}

static void judge_role(struct edit *x)
{
    enum role role = ROLE_NONE;

    if (!x->role.data)
        return;
    if (!role_parse(x->role, &role) || role == ROLE_NONE)
        is_wrong(x, "role", "role is viewer, dispatcher or admin");
    else
        x->user.role = role;
}

/* On the loop thread: rosters are read there. */
static void judge_operator(struct visit *v, struct edit *x, int32_t tenant)
{
    const struct roster *roster = tenant ? engine_roster(v->site->engine, tenant) : NULL;

    if (!x->operator_id.size)
        return;
    if (!roster)
        is_wrong(x, "operator", "an operator is one tenant's: so must the user be");
    else if (roster_operator_by_id(roster, x->operator_id) < 0)
        is_wrong(x, "operator", "nobody on the roster has this id");
}

static void judge_texts(struct edit *x)
{
    judge_name(x);
    judge_role(x);
    if (x->operator_id.data && x->operator_id.size < sizeof x->user.operator_id)
        put_text(x->user.operator_id, sizeof x->user.operator_id, x->operator_id);
}

/* ---- making one ---- */

static enum err add(struct visit *v, struct store *store, int64_t now_ms)
{
    struct edit *x = v->own;

    x->user.created_ms = now_ms;
    return store_user_add(store, &x->user);
}

static const char *by(struct visit *v, const struct user *u)
{
    return arena_printf(v->arena, "%s, %s, by %.*s", u->login, role_name(u->role),
                        SPAN_ARG(visit_by(v)));
}

static void added(struct visit *v)
{
    const struct edit *x = v->own;

    if (v->reading.err == ERR_CONFLICT) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .field = "login",
                                            .message = "this login is taken",
                                            .help = "choose another; capitals make no difference"});
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    log_line(LOG_INFO, "web: user %s added, role %s", x->user.login, role_name(x->user.role));
    user_note(v->site, x->user.tenant, USER_NOTE_ADDED, x->user.id, by(v, &x->user));
    answer_user(v, 201, &x->user);
}

void user_api_add(struct visit *v)
{
    struct edit *x = ARENA_NEW(v->arena, struct edit);
    const struct fields_want want[] = {
        {"tenant", &x->tenant}, {"login", &x->login},          {"name", &x->name},
        {"role", &x->role},     {"operator", &x->operator_id}, {NULL, NULL}};

    v->own = x;
    if (!fields_read(v, want))
        return;
    if (!is_login(x->login)) {
        fields_refuse(v, "login", "a login has 2 to 63 letters, figures and any of . _ @ + -");
        return;
    }
    if (!x->role.data) {
        fields_refuse(v, "role", "role is viewer, dispatcher or admin");
        return;
    }
    if (!auth_whose(v, x->tenant, &x->user.tenant))
        return;
    put_text(x->user.login, sizeof x->user.login, x->login);
    if (!x->name.size)
        x->name = x->login;
    judge_operator(v, x, x->user.tenant);
    judge_texts(x);
    if (x->wrong) {
        fields_refuse(v, x->wrong_field, x->wrong);
        return;
    }
    x->user.version = 1;
    x->user.id = id_next(&v->site->ids, engine_now_ms(v->site->engine));
    visit_read(v, add, added);
}

/* ---- changing one ---- */

/* False: answered. */
static bool read_match(struct visit *v, struct edit *x)
{
    struct span tag = v->rq ? span_trim(http_header(v->rq, "If-Match")) : (struct span){NULL, 0};

    x->was = ANY_VERSION;
    if (!tag.size || span_is_text(tag, "*"))
        return true;
    if (tag.size > 2 && tag.data[0] == '"' && tag.data[tag.size - 1] == '"')
        tag = (struct span){tag.data + 1, tag.size - 2};
    if (span_number(tag, 1, INT64_MAX, &x->was))
        return true;
    visit_fail(v, &(struct visit_error){.status = 412,
                                        .field = "If-Match",
                                        .message = "this is no ETag of a user",
                                        .help = "give the one that came with him: \"3\""});
    return false;
}

static void no_such_user(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such user"});
}

static struct edit *begin(struct visit *v)
{
    struct edit *x = ARENA_NEW(v->arena, struct edit);

    v->own = x;
    if (!id_parse(v->param, &x->id)) {
        no_such_user(v);
        return NULL;
    }
    x->is_own = v->user && v->user->id == x->id;
    return read_match(v, x) ? x : NULL;
}

/* Another tenant's is nobody's. */
static enum err get(struct visit *v, struct store *store, struct edit *x)
{
    const enum err e = store_user_get(store, x->id, &x->before);

    if (e)
        return e;
    if (v->bound && v->bound != x->before.tenant)
        return ERR_NOT_FOUND;
    x->user = x->before;
    x->is_stale = x->was != ANY_VERSION && x->was != x->before.version;
    return x->is_stale ? ERR_CONFLICT : ERR_NONE;
}

/* True when the answer has been given. */
static bool refuse(struct visit *v, const struct edit *x)
{
    if (v->reading.err == ERR_NOT_FOUND)
        no_such_user(v);
    else if (x->is_stale)
        visit_fail(v, &(struct visit_error){
                          .status = 412,
                          .message = "he has been changed since you looked",
                          .help = arena_printf(v->arena, "look again: his version is now %lld",
                                               (long long)x->before.version)});
    else if (x->wrong)
        visit_fail(
            v, &(struct visit_error){.status = 409, .field = x->wrong_field, .message = x->wrong});
    else if (v->reading.err)
        visit_fail_busy(v);
    else
        return false;
    return true;
}

static void judge_own(struct edit *x)
{
    static const char why[] = "nobody takes this from himself: another admin can";

    if (x->is_own && x->user.role != x->before.role)
        is_wrong(x, "role", why);
    else if (x->is_own && x->user.disabled_ms)
        is_wrong(x, "is_disabled", why);
}

static enum err change(struct visit *v, struct store *store, int64_t now_ms)
{
    struct edit *x = v->own;

    const enum err e = get(v, store, x);
    if (e)
        return e;
    judge_texts(x);
    if (x->is_disabled.size)
        x->user.disabled_ms = !span_is_text(x->is_disabled, "true") ? 0
                              : x->before.disabled_ms               ? x->before.disabled_ms
                                                                    : now_ms;
    if (x->user.disabled_ms)
        x->user.setup_until_ms = x->user.code_until_ms = 0;
    judge_own(x);
    if (x->wrong)
        return ERR_CONFLICT;
    x->user.version++;
    return store_user_put(store, &x->user, x->before.version, NULL);
}

static void changed(struct visit *v)
{
    const struct edit *x = v->own;

    if (refuse(v, x))
        return;
    session_forget_user(v->site, x->id, NULL);
    log_line(LOG_INFO, "web: user %s changed: %s%s", x->user.login, role_name(x->user.role),
             x->user.disabled_ms ? ", disabled" : "");
    user_note(
        v->site, x->user.tenant, USER_NOTE_CHANGED, x->id,
        arena_printf(v->arena, "%s%s", by(v, &x->user), x->user.disabled_ms ? ": disabled" : ""));
    answer_user(v, 200, &x->user);
}

/* The operator is judged on the loop thread, and of which tenant he must be is known only once the
 * row has been read: so it is looked at first. */
static enum err look(struct visit *v, struct store *store, int64_t now_ms)
{
    struct edit *x = v->own;

    (void)now_ms;
    return get(v, store, x);
}

static void looked(struct visit *v)
{
    struct edit *x = v->own;

    if (refuse(v, x))
        return;
    judge_operator(v, x, x->before.tenant);
    judge_texts(x);
    if (x->wrong)
        fields_refuse(v, x->wrong_field, x->wrong);
    else
        visit_read(v, change, changed);
}

void user_api_change(struct visit *v)
{
    struct edit *x = begin(v);

    if (!x)
        return;
    const struct fields_want want[] = {{"name", &x->name},
                                       {"role", &x->role},
                                       {"operator", &x->operator_id},
                                       {"is_disabled", &x->is_disabled, true},
                                       {NULL, NULL}};
    if (fields_read(v, want))
        visit_read(v, look, looked);
}

/* ---- removing one ---- */

static enum err drop(struct visit *v, struct store *store, int64_t now_ms)
{
    struct edit *x = v->own;

    (void)now_ms;
    const enum err e = get(v, store, x);
    return e ? e : store_user_drop(store, x->id, x->before.version);
}

static void dropped(struct visit *v)
{
    const struct edit *x = v->own;

    if (refuse(v, x))
        return;
    session_forget_user(v->site, x->id, NULL);
    log_line(LOG_INFO, "web: user %s removed", x->before.login);
    user_note(v->site, x->before.tenant, USER_NOTE_REMOVED, x->id, by(v, &x->before));
    visit_answer(v, &(struct visit_reply){.status = 204});
}

void user_api_drop(struct visit *v)
{
    const struct edit *x = begin(v);

    if (!x)
        return;
    if (x->is_own)
        visit_fail(v, &(struct visit_error){
                          .status = 409, .message = "nobody removes himself: another admin can"});
    else
        visit_read(v, drop, dropped);
}

/* ---- a set-up link ---- */

static enum err make_link(struct visit *v, struct store *store, int64_t now_ms)
{
    struct edit *x = v->own;

    const enum err e = get(v, store, x);
    if (e)
        return e;
    if (x->user.disabled_ms) {
        is_wrong(x, NULL, "he is disabled: enable him first");
        return ERR_CONFLICT;
    }
    setup_api_make(&x->user, now_ms, x->secret);
    return store_user_put(store, &x->user, x->before.version, NULL);
}

static void link_is_made(struct visit *v)
{
    const struct edit *x = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (refuse(v, x))
        return;
    log_line(LOG_INFO, "web: a set-up link for user %s was made", x->user.login);
    user_note(v->site, x->user.tenant, USER_NOTE_LINK, x->id, by(v, &x->user));
    json_out_object(&json, NULL);
    json_out_text(&json, "link",
                  span_of(arena_printf(v->arena, "%.*s/#/setup/%s", SPAN_ARG(v->site->pages_url),
                                       x->secret)));
    put_time(&json, "until", x->user.setup_until_ms);
    json_out_end_object(&json);
    CHECK(!body.full);
    visit_answer_json(v, 200, &body);
}

void user_api_link(struct visit *v)
{
    v->secret = true;
    if (begin(v))
        visit_read(v, make_link, link_is_made);
}
