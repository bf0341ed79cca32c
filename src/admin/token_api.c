#include "admin/token_api.h"

#include <string.h>

#include "admin/user_note.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/log.h"
#include "visit/auth.h"
#include "visit/fields.h"

enum { ANSWER_BYTES_MAX = 4096 };

static void not_found(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such token"});
}

struct new_token {
    struct token row;
    char text[AUTH_TOKEN_SIZE];
};

static enum err add_token(struct visit *v, struct store *store, int64_t now_ms)
{
    struct new_token *t = v->own;

    t->row.created_ms = now_ms;
    return store_token_add(store, &t->row);
}

static void token_added(struct visit *v)
{
    const struct new_token *t = v->own;
    const struct roster *roster = engine_roster(v->site->engine, t->row.tenant);
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    char id[ID_TEXT_SIZE + 1];

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    id_render(t->row.id, id);
    log_line(LOG_INFO, "web: token %s added, role %s", id, role_name(t->row.role));
    user_note(v->site, t->row.tenant, USER_NOTE_TOKEN_ADDED, t->row.id,
              arena_printf(v->arena, "%s, %s, by %.*s", t->row.name, role_name(t->row.role),
                           SPAN_ARG(visit_by(v))));
    json_out_object(&json, NULL);
    json_out_text(&json, "id", span_of(id));
    json_out_text(&json, "token", span_of(t->text));
    json_out_text_or_null(&json, "tenant", roster ? span_of(roster->tenant) : span_of(NULL));
    json_out_text(&json, "role", span_of(role_name(t->row.role)));
    json_out_text(&json, "name", span_of(t->row.name));
    json_out_end_object(&json);
    visit_answer_json(v, 201, &body);
}

void token_api_add(struct visit *v)
{
    struct new_token *t = ARENA_NEW(v->arena, struct new_token);
    struct span tenant = {NULL, 0}, role = {NULL, 0}, name = {NULL, 0};
    const struct fields_want want[] = {
        {"tenant", &tenant}, {"role", &role}, {"name", &name}, {NULL, NULL}};

    v->secret = true;
    v->own = t;
    if (!fields_read(v, want))
        return;
    if (!role_parse(role, &t->row.role) || t->row.role == ROLE_NONE) {
        fields_refuse(v, "role", "role is viewer, dispatcher or admin");
        return;
    }
    if (name.size >= sizeof t->row.name) {
        fields_refuse(v, "name", "longer than 63 bytes");
        return;
    }
    if (!auth_whose(v, tenant, &t->row.tenant))
        return;
    if (name.size > 0)
        memcpy(t->row.name, name.data, name.size);
    t->row.id = id_next(&v->site->ids, engine_now_ms(v->site->engine));
    auth_make(t->text, t->row.hash);
    visit_read(v, add_token, token_added);
}

static enum err drop_token(struct visit *v, struct store *store, int64_t now_ms)
{
    const int64_t *id = v->own;

    /* Not v->tenant: a token for every tenant is no single one's. */
    return store_token_revoke(store, v->bound, *id, now_ms);
}

static void token_dropped(struct visit *v)
{
    const int64_t *id = v->own;

    if (v->reading.err == ERR_NOT_FOUND) {
        not_found(v);
        return;
    }
    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    auth_forget(v->site, *id);
    user_note(v->site, v->tenant, USER_NOTE_TOKEN_REVOKED, *id,
              arena_printf(v->arena, "by %.*s", SPAN_ARG(visit_by(v))));
    visit_answer(v, &(struct visit_reply){.status = 204});
}

void token_api_drop(struct visit *v)
{
    int64_t *id = ARENA_NEW(v->arena, int64_t);

    v->own = id;
    if (!id_parse(v->param, id))
        not_found(v);
    else
        visit_read(v, drop_token, token_dropped);
}
