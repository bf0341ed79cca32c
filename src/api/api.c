#include "api/api.h"

#include <string.h>

#include "base/id.h"
#include "visit/once_key.h"
#include "visit/web_route.h"

enum {
    ANSWER_BYTES_MAX = 4096,
    TENANTS_BYTES_MAX = 16 << 20, /* a host has thousands */
};

static const struct {
    int status;
    enum err err;
} statuses[] = {
    {400, ERR_BAD_INPUT}, {403, ERR_DENIED}, {404, ERR_NOT_FOUND},
    {409, ERR_CONFLICT},  {413, ERR_FULL},
};

static int status_of(enum err e)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].err == e)
            return statuses[i].status;
    return 500;
}

/* Decisions say "field: words". */
static void refuse(struct visit *v, const struct answer *answer)
{
    struct span words = answer->words;
    const struct span field = span_cut(answer->words, ':', &words);
    const bool has_field = words.size > 0 && !memchr(field.data, ' ', field.size);

    if (!has_field)
        words = answer->words;
    visit_fail(v, &(struct visit_error){
                      .status = answer->is_stale ? 412 : status_of(answer->error),
                      .message = arena_text(v->arena, span_trim(words)),
                      .field = has_field ? arena_text(v->arena, field) : NULL,
                  });
}

/* What an act made or changed, under the name `key`. */
void api_answer(struct visit *v, int status, const char *key)
{
    const struct answer *answer = &v->work.answer;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    char id[ID_TEXT_SIZE + 1];

    if (v->work.err) {
        visit_fail_busy(v);
        return;
    }
    if (answer->kind == ANSWER_REFUSED) {
        refuse(v, answer);
        return;
    }
    id_render(answer->id, id);
    json_out_object(&json, NULL);
    json_out_text(&json, key, span_of(id));
    json_out_text(&json, "message", answer->words);
    json_out_end_object(&json);
    visit_answer_json(v, status, &body);
}

/* ---- acts ---- */

struct span api_who(const struct visit *v)
{
    return v->user ? v->user->name : v->token_name;
}

struct span api_operator(const struct visit *v)
{
    return v->user ? v->user->operator_id : (struct span){NULL, 0};
}

void api_act(struct visit *v, visit_fn *then)
{
    v->work.roster = engine_roster(v->site->engine, v->tenant);
    if (!v->work.roster) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return;
    }
    if (v->route->method == ROUTE_POST && !once_key_take(v))
        return;
    v->work.event.tenant = v->tenant;
    v->work.event.origin = visit_origin(v);
    v->work.event.attempt = -1;
    visit_submit(v, then);
}

/* ---- who is on the roster ---- */

static void out_tenant(struct json_out *json, const struct roster *roster)
{
    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(roster->tenant));
    json_out_text(json, "name", span_of(roster->name));
    json_out_text(json, "time_zone", span_of(roster->zone ? roster->zone->name : "UTC"));
    json_out_text(json, "region", span_of(roster->region));
    json_out_number(json, "lines", roster->line_count);
    json_out_number(json, "operators", roster->operator_count);
    json_out_bool(json, "is_suspended", roster->is_suspended);
    json_out_end_object(json);
}

void api_tenants(struct visit *v)
{
    struct engine *engine = v->site->engine;
    struct buf body = buf_in(v->arena, TENANTS_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    for (int i = 0; i < engine_tenants(engine); i++) {
        const int32_t tenant = engine_tenant_at(engine, i);
        const struct roster *roster = engine_roster(engine, tenant);
        if (roster && (!v->bound || v->bound == tenant))
            out_tenant(&json, roster);
    }
    json_out_end_list(&json);
    json_out_null(&json, "next");
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* Whoever asked for a reload is answered when it is in force: the engine keeps the rosters on
 * the storage thread first, and what is read there after that comes later. */
static enum err read_nothing(struct visit *v, struct store *store, int64_t now_ms)
{
    (void)v;
    (void)store;
    (void)now_ms;
    return ERR_NONE;
}

struct reloading {
    const char *why;
    bool is_good;
};

static void reloaded(struct visit *v)
{
    const struct reloading *r = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "message", span_of(r->why));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

static void conclude_reload(struct visit *v)
{
    const struct reloading *r = v->own;

    if (r->is_good) {
        visit_read(v, read_nothing, reloaded);
        return;
    }
    visit_fail(v, &(struct visit_error){
                      .status = 409,
                      .message = r->why,
                      .help = "the last good version stays in force; 'nextring check' tells "
                              "every mistake"});
}

static void rest_is_reloaded(void *ctx, bool is_good, const char *why)
{
    struct visit *v = ctx;
    struct reloading *r = v->own;

    r->why = arena_printf(v->arena, "%s; %s", r->why, why);
    r->is_good = r->is_good && is_good;
    conclude_reload(v);
}

/* Credentials are the host's matter: whoever is bound to a tenant reads rosters again. */
void api_reload(struct visit *v)
{
    struct reloading *r = ARENA_NEW(v->arena, struct reloading);
    char *why = arena_alloc(v->arena, ENGINE_WHY_SIZE);

    r->is_good = engine_reload(v->site->engine, why) == ERR_NONE;
    r->why = why;
    v->own = r;
    if (v->bound && engine_tenants(v->site->engine) > 1) /* the mistake may be another's */
        r->why = r->is_good ? "read again" : "a roster was refused";
    if (v->site->reload && !v->bound)
        v->site->reload(v->site->reload_ctx, rest_is_reloaded, v);
    else
        conclude_reload(v);
}
