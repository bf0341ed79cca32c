#include "sql/sql_users.h"

#include <string.h>

#include "sql/sql_texts.h"

/* Of a secret that is there until `until_ms`; null without one. */
static void put_hash(struct sql_query *q, const uint8_t *hash, int64_t until_ms)
{
    if (until_ms)
        sql_put_blob(q, hash, USER_HASH_BYTES);
    else
        sql_put_maybe(q, 0);
    sql_put_maybe(q, until_ms);
}

static void get_hash(struct sql_query *q, uint8_t out[USER_HASH_BYTES], int64_t *out_until_ms)
{
    const struct span hash = sql_get_span(q);

    if (hash.size == USER_HASH_BYTES)
        memcpy(out, hash.data, USER_HASH_BYTES);
    else if (hash.size)
        sql_bad_column(q);
    *out_until_ms = sql_get(q);
}

static void bind_row(struct sql_query *q, const struct user *u)
{
    sql_put(q, u->id);
    sql_put(q, u->tenant);
    sql_put_text(q, u->login);
    sql_put_text(q, u->name);
    sql_put_text(q, role_name(u->role));
    sql_put_maybe_text(q, u->operator_id);
    sql_put_maybe_text(q, u->password);
    put_hash(q, u->setup_hash, u->setup_until_ms);
    put_hash(q, u->code_hash, u->code_until_ms);
    sql_put(q, u->code_tries);
    sql_put(q, u->created_ms);
    sql_put_maybe(q, u->disabled_ms);
    sql_put_maybe(q, u->seen_ms);
    sql_put(q, u->version);
}

static void read_row(struct sql_query *q, struct user *u)
{
    memset(u, 0, sizeof *u);
    u->id = sql_get(q);
    u->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, u->login);
    SQL_GET_TEXT(q, u->name);
    SQL_GET_NAME(q, role, u->role);
    SQL_GET_TEXT(q, u->operator_id);
    SQL_GET_TEXT(q, u->password);
    get_hash(q, u->setup_hash, &u->setup_until_ms);
    get_hash(q, u->code_hash, &u->code_until_ms);
    u->code_tries = (int32_t)sql_get(q);
    u->created_ms = sql_get(q);
    u->disabled_ms = sql_get(q);
    u->seen_ms = sql_get(q);
    u->version = sql_get(q);
}

/* The row that the query, whose key is bound, gives. */
static void take_row(struct sql *sql, struct sql_query *q, struct user *out)
{
    struct user u;
    const bool found = sql_next(q);

    if (found) {
        read_row(q, &u);
        sql_done(q);
    }
    if (sql_err(sql))
        return;
    if (found)
        *out = u;
    else
        sql_fail(sql, ERR_NOT_FOUND, "there is no such user");
}

void sql_users_add(struct sql *sql, const struct user *user)
{
    struct sql_query *q = sql_use(sql, TEXT_USER_ADD);

    bind_row(q, user);
    sql_run(q);
}

void sql_users_get(struct sql *sql, int64_t id, struct user *out)
{
    struct sql_query *q = sql_use(sql, TEXT_USER_GET);

    sql_put(q, id);
    take_row(sql, q, out);
}

void sql_users_find(struct sql *sql, struct span login, struct user *out)
{
    struct sql_query *q = sql_use(sql, TEXT_USER_FIND);

    sql_put_span(q, login);
    take_row(sql, q, out);
}

void sql_users_by_setup(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], struct user *out)
{
    struct sql_query *q = sql_use(sql, TEXT_USER_BY_SETUP);

    sql_put_blob(q, hash, USER_HASH_BYTES);
    take_row(sql, q, out);
}

static void end_sessions(struct sql *sql, int64_t user, const uint8_t *keep)
{
    struct sql_query *q = sql_use(sql, TEXT_SESSIONS_DROP);

    sql_put(q, user);
    if (keep)
        sql_put_blob(q, keep, USER_HASH_BYTES);
    else
        sql_put_maybe(q, 0);
    sql_run(q);
}

/* He may do less, or something else, than when his sessions began. */
static bool is_another(const struct user *a, const struct user *b)
{
    return a->tenant != b->tenant || a->role != b->role || a->disabled_ms != b->disabled_ms ||
           strcmp(a->password, b->password) != 0;
}

/* Runs a statement that gives a row when the version was the one that was asked for. */
static void must_be_so(struct sql *sql, struct sql_query *q)
{
    const bool was_so = sql_next(q);

    sql_done(q);
    if (!was_so)
        sql_fail(sql, ERR_CONFLICT, "the user has been changed meanwhile");
}

void sql_users_put(struct sql *sql, const struct user *user, int64_t was, const uint8_t *keep)
{
    struct user before;

    sql_users_get(sql, user->id, &before);
    if (sql_err(sql))
        return;
    struct sql_query *q = sql_use(sql, TEXT_USER_CHANGE);
    bind_row(q, user);
    sql_put(q, was);
    must_be_so(sql, q);
    if (is_another(user, &before))
        end_sessions(sql, user->id, keep);
}

void sql_users_drop(struct sql *sql, int64_t id, int64_t was)
{
    struct user before;

    sql_users_get(sql, id, &before);
    if (sql_err(sql))
        return;
    struct sql_query *q = sql_use(sql, TEXT_USER_DROP);
    sql_put(q, id);
    sql_put(q, was ? was : before.version);
    must_be_so(sql, q);
    end_sessions(sql, id, NULL);
}

/* The new one, too, counts among those of the user. */
static void make_room(struct sql *sql, const struct session *s)
{
    struct sql_query *q = sql_use(sql, TEXT_SESSIONS_EXPIRED);

    sql_put(q, s->created_ms);
    sql_put(q, s->created_ms - SESSION_IDLE_MS);
    sql_run(q);
    q = sql_use(sql, TEXT_SESSIONS_TOO_MANY);
    sql_put(q, s->user);
    sql_put(q, SESSIONS_OF_ONE - 1);
    sql_run(q);
}

static void note_seen(struct sql *sql, int64_t user, int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_USER_SEEN);

    sql_put(q, now_ms);
    sql_put(q, user);
    sql_run(q);
}

void sql_users_session_add(struct sql *sql, const struct session *s)
{
    make_room(sql, s);
    note_seen(sql, s->user, s->created_ms);
    struct sql_query *q = sql_use(sql, TEXT_SESSION_ADD);
    sql_put_blob(q, s->hash, sizeof s->hash);
    sql_put(q, s->user);
    sql_put(q, s->created_ms);
    sql_put(q, s->used_ms);
    sql_put(q, s->expires_ms);
    sql_put_maybe_text(q, s->agent);
    sql_run(q);
}

void sql_users_session_find(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], int64_t now_ms,
                            struct session *out_session, struct user *out_user)
{
    struct sql_query *q = sql_use(sql, TEXT_SESSION_FIND);
    struct session s = {.user = 0};
    struct user u = {.id = 0};

    sql_put_blob(q, hash, USER_HASH_BYTES);
    if (sql_next(q)) {
        sql_get_blob(q, s.hash, sizeof s.hash);
        s.user = sql_get(q);
        s.created_ms = sql_get(q);
        s.used_ms = sql_get(q);
        s.expires_ms = sql_get(q);
        SQL_GET_TEXT(q, s.agent);
        sql_done(q);
    }
    if (s.user)
        sql_users_get(sql, s.user, &u);
    if (sql_err(sql))
        return;
    if (!s.user || u.disabled_ms || now_ms >= s.expires_ms ||
        now_ms - s.used_ms >= SESSION_IDLE_MS) {
        sql_fail(sql, ERR_NOT_FOUND, "there is no such session");
        return;
    }
    *out_session = s;
    *out_user = u;
}

void sql_users_session_used(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], int64_t user,
                            int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_SESSION_USED);

    sql_put(q, now_ms);
    sql_put_blob(q, hash, USER_HASH_BYTES);
    sql_run(q);
    note_seen(sql, user, now_ms);
}

void sql_users_session_drop(struct sql *sql, const uint8_t hash[USER_HASH_BYTES])
{
    struct sql_query *q = sql_use(sql, TEXT_SESSION_DROP);

    sql_put_blob(q, hash, USER_HASH_BYTES);
    sql_run(q);
}
