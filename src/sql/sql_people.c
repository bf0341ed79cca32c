#include "sql/sql_people.h"

#include "sql/sql_texts.h"

static void add_tenant(struct sql *sql, struct span slug, struct span name, struct span account,
                       int64_t now_ms, int32_t *out)
{
    struct sql_query *q = sql_use(sql, TEXT_TENANT_ADD);

    sql_put_span(q, slug);
    sql_put_span(q, name);
    sql_put_span(q, account);
    sql_put(q, now_ms);
    if (sql_next(q))
        *out = (int32_t)sql_get(q);
    sql_done(q);
}

static void change_tenant(struct sql *sql, int64_t id, struct span name, struct span account)
{
    struct sql_query *q = sql_use(sql, TEXT_TENANT_CHANGE);

    sql_put_span(q, name);
    sql_put_span(q, account);
    sql_put(q, id);
    sql_run(q);
}

void sql_people_tenant(struct sql *sql, struct span slug, struct span name, struct span account,
                       int64_t now_ms, int32_t *out)
{
    struct sql_query *q = sql_use(sql, TEXT_TENANT_GET);

    sql_put_span(q, slug);
    if (!sql_next(q)) {
        add_tenant(sql, slug, name, account, now_ms, out);
        return;
    }
    const int64_t id = sql_get(q);
    const bool same_name = span_is(sql_get_span(q), name);
    const bool same_account = span_is(sql_get_span(q), account);
    sql_done(q);
    if (!same_name || !same_account)
        change_tenant(sql, id, name, account);
    *out = (int32_t)id;
}

static void add_roster(struct sql *sql, const struct sql_roster *roster, int64_t version,
                       int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_ROSTER_ADD);

    sql_put(q, roster->tenant);
    sql_put(q, version);
    sql_put(q, roster->good);
    sql_put_blob(q, roster->digest.data, roster->digest.size);
    sql_put_span(q, roster->document);
    sql_put_maybe_span(q, roster->mistakes);
    sql_put(q, now_ms);
    sql_put_maybe_span(q, roster->made_by);
    sql_put_maybe_span(q, roster->note);
    sql_run(q);
}

/* Version and digest of the roster in force, or of the newest one of any kind. */
static int64_t look_up(struct sql *sql, int text, const struct sql_roster *roster,
                       bool *out_is_same)
{
    struct sql_query *q = sql_use(sql, text);
    int64_t version = 0;

    *out_is_same = false;
    sql_put(q, roster->tenant);
    if (sql_next(q)) {
        version = sql_get(q);
        *out_is_same = span_is(sql_get_span(q), roster->digest);
        /* A refused one is the same only as one that was refused. */
        if (text == TEXT_ROSTER_NEWEST)
            *out_is_same = *out_is_same && !sql_get(q);
    }
    sql_done(q);
    return version;
}

void sql_people_roster_put(struct sql *sql, const struct sql_roster *roster, int64_t now_ms,
                           int64_t *out_version)
{
    bool is_same, is_same_refused;
    const int64_t in_force = look_up(sql, TEXT_ROSTER_LAST, roster, &is_same);
    const int64_t newest = look_up(sql, TEXT_ROSTER_NEWEST, roster, &is_same_refused);

    if (roster->good && is_same) {
        *out_version = in_force;
        return;
    }
    if (!roster->good && is_same_refused) {
        *out_version = newest;
        return;
    }
    add_roster(sql, roster, newest + 1, now_ms);
    if (!sql_err(sql))
        *out_version = newest + 1;
}

void sql_people_roster_last(struct sql *sql, int32_t tenant, struct arena *arena,
                            struct span *out_document, int64_t *out_version)
{
    struct sql_query *q = sql_use(sql, TEXT_ROSTER_LAST);

    sql_put(q, tenant);
    if (sql_next(q)) {
        *out_version = sql_get(q);
        (void)sql_get_span(q); /* the digest */
        *out_document = sql_get_copy(q, arena);
    } else {
        sql_fail(sql, ERR_NOT_FOUND, "the tenant has no roster yet");
    }
    sql_done(q);
}

bool sql_people_line_since(struct sql *sql, int32_t tenant, struct span line, int64_t *out_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_LINE_SINCE);

    sql_put(q, tenant);
    sql_put_span(q, line);
    const bool found = sql_next(q);
    if (found)
        *out_ms = sql_get(q);
    sql_done(q);
    return found;
}

void sql_people_line_add(struct sql *sql, int32_t tenant, struct span line, int64_t since_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_LINE_ADD);

    sql_put(q, tenant);
    sql_put_span(q, line);
    sql_put(q, since_ms);
    sql_run(q);
}

void sql_people_roster_keep(struct sql *sql, struct store_roster *r, int64_t now_ms)
{
    const struct sql_roster roster = {
        .tenant = r->tenant,
        .good = true,
        .digest = r->digest,
        .document = r->document,
        .made_by = r->made_by,
        .note = r->note,
    };
    sql_people_roster_put(sql, &roster, now_ms, &r->version);
}

void sql_people_line_drop(struct sql *sql, int32_t tenant, struct span line)
{
    struct sql_query *q = sql_use(sql, TEXT_LINE_DROP);

    sql_put(q, tenant);
    sql_put_span(q, line);
    sql_run(q);
}

struct gone {
    struct gone *next;
    int32_t tenant;
    struct span line;
};

static struct gone *list_gone(struct sql *sql, store_is_line_fn *is_line, const void *ctx,
                              struct arena *scratch)
{
    struct sql_query *q = sql_use(sql, TEXT_LINES);
    struct gone *first = NULL;

    while (sql_next(q)) {
        const int32_t tenant = (int32_t)sql_get(q);
        const struct span line = sql_get_span(q);
        if (is_line(ctx, tenant, line))
            continue;
        struct gone *g = ARENA_NEW(scratch, struct gone);
        *g = (struct gone){first, tenant, arena_copy(scratch, line)};
        first = g;
    }
    return first;
}

void sql_people_line_prune(struct sql *sql, store_is_line_fn *is_line, const void *ctx,
                           struct arena *scratch)
{
    for (const struct gone *g = list_gone(sql, is_line, ctx, scratch); g; g = g->next)
        sql_people_line_drop(sql, g->tenant, g->line);
}

int64_t sql_people_searched(struct sql *sql, struct span account)
{
    struct sql_query *q = sql_use(sql, TEXT_SEARCHED_GET);

    sql_put_span(q, account);
    const int64_t ms = sql_next(q) ? sql_get(q) : 0;
    sql_done(q);
    return ms;
}

void sql_people_searched_put(struct sql *sql, struct span account, int64_t ms)
{
    struct sql_query *q = sql_use(sql, TEXT_SEARCHED_PUT);

    sql_put_span(q, account);
    sql_put(q, ms);
    sql_run(q);
}

void sql_people_token_add(struct sql *sql, const struct token *token)
{
    struct sql_query *q = sql_use(sql, TEXT_TOKEN_ADD);

    sql_put(q, token->id);
    sql_put(q, token->tenant);
    sql_put_text(q, role_name(token->role));
    sql_put_blob(q, token->hash, sizeof token->hash);
    sql_put_text(q, token->name);
    sql_put(q, token->created_ms);
    sql_put_maybe(q, token->revoked_ms);
    sql_put_maybe(q, token->used_ms);
    sql_run(q);
}

bool sql_people_token_find(struct sql *sql, const uint8_t hash[32], struct token *out)
{
    struct sql_query *q = sql_use(sql, TEXT_TOKEN_FIND);
    struct token t = {0};

    sql_put_blob(q, hash, sizeof t.hash);
    if (!sql_next(q))
        return false;
    t.id = sql_get(q);
    t.tenant = (int32_t)sql_get(q);
    SQL_GET_NAME(q, role, t.role);
    sql_get_blob(q, t.hash, sizeof t.hash);
    SQL_GET_TEXT(q, t.name);
    t.created_ms = sql_get(q);
    t.revoked_ms = sql_get(q);
    t.used_ms = sql_get(q);
    sql_done(q);
    if (sql_err(sql) || t.revoked_ms)
        return false;
    *out = t;
    return true;
}

void sql_people_token_used(struct sql *sql, int64_t id, int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_TOKEN_USED);

    sql_put(q, now_ms);
    sql_put(q, id);
    sql_run(q);
}

bool sql_people_token_revoke(struct sql *sql, int32_t tenant, int64_t id, int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_TOKEN_REVOKE);

    sql_put(q, tenant);
    sql_put(q, id);
    sql_put(q, now_ms);
    const bool is_done = sql_next(q);
    sql_done(q);
    return is_done;
}
