#include "api/api.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "visit/auth.h"
#include "visit/fields.h"

enum {
    ANSWER_BYTES_MAX = 4096,
    ROSTER_BYTES_MAX = 1 << 20,
    REPLY_CHARACTERS_MAX = 1500, /* longer ones would be cut: the carrier takes 1600 */
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

static void acked(struct visit *v)
{
    api_answer(v, 200, "relay_id");
}

static void replied(struct visit *v)
{
    api_answer(v, 202, "message_id");
}

void api_act(struct visit *v, visit_fn *then)
{
    v->work.roster = engine_roster(v->site->engine, v->tenant);
    if (!v->work.roster) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return;
    }
    v->work.event.tenant = v->tenant;
    v->work.event.origin = ORIGIN_API;
    v->work.event.attempt = -1;
    visit_submit(v, then);
}

static void not_found(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is none with this id"});
}

void api_ack(struct visit *v)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {{"operator", &e->operator_id}, {NULL, NULL}};

    e->kind = EVENT_ACK;
    if (!id_parse(v->param, &e->relay))
        not_found(v);
    else if (fields_read(v, want))
        api_act(v, acked);
}

static size_t characters(struct span text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.size; i++)
        n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return n;
}

static void send_reply(struct visit *v)
{
    struct event *e = &v->work.event;

    e->kind = EVENT_REPLY;
    if (span_trim(e->body).size == 0)
        fields_refuse(v, "body", "there are no words to send");
    else if (characters(e->body) > REPLY_CHARACTERS_MAX)
        visit_fail(v, &(struct visit_error){.status = 413,
                                            .field = "body",
                                            .message = "longer than 1500 characters"});
    else if (!e->thread && e->tag.size == 0)
        fields_refuse(v, "thread", "either a thread or a tag is needed");
    else if (!e->thread && e->operator_id.size == 0)
        fields_refuse(v, "operator", "a tag is an operator's: whose is not said");
    else
        api_act(v, replied);
}

void api_reply(struct visit *v)
{
    struct event *e = &v->work.event;
    struct span thread = {NULL, 0};
    const struct fields_want want[] = {
        {"thread", &thread},           {"tag", &e->tag}, {"body", &e->body},
        {"operator", &e->operator_id}, {NULL, NULL},
    };

    if (!fields_read(v, want))
        return;
    if (thread.size > 0 && !id_parse(thread, &e->thread))
        fields_refuse(v, "thread", "thread is an id");
    else
        send_reply(v);
}

void api_thread_reply(struct visit *v)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {
        {"body", &e->body}, {"operator", &e->operator_id}, {NULL, NULL}};

    if (!id_parse(v->param, &e->thread))
        not_found(v);
    else if (fields_read(v, want))
        send_reply(v);
}

void api_thread_call(struct visit *v)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {{"operator", &e->operator_id}, {NULL, NULL}};

    e->kind = EVENT_CALL_BACK;
    if (!id_parse(v->param, &e->thread))
        not_found(v);
    else if (!fields_read(v, want))
        return;
    else if (e->operator_id.size == 0)
        fields_refuse(v, "operator", "whose phone shall ring is not said");
    else
        api_act(v, replied);
}

static void operators(struct json_out *json, const struct roster *roster)
{
    for (int i = 0; i < roster->operator_count; i++) {
        const struct roster_operator *o = &roster->operators[i];
        json_out_object(json, NULL);
        json_out_text(json, "id", span_of(o->id));
        json_out_text(json, "name", span_of(o->name));
        json_out_text(json, "phone", span_of(o->phone));
        json_out_text(json, "time_zone", span_of(o->zone ? o->zone->name : ""));
        json_out_text(json, "prealert", span_of(prealert_name(o->prealert)));
        json_out_bool(json, "is_last_resort", o->last_resort);
        json_out_end_object(json);
    }
}

static void lines(struct json_out *json, const struct roster *roster)
{
    for (int i = 0; i < roster->line_count; i++) {
        const struct line *line = &roster->lines[i];
        json_out_object(json, NULL);
        json_out_text(json, "number", span_of(line->number));
        json_out_text(json, "chain", span_of(roster->chains[line->chain].id));
        json_out_number(json, "texts_per_second", line->texts_per_second);
        json_out_number(json, "relays_per_minute", line->relays_per_minute);
        json_out_bool(json, "is_mms", line->mms);
        json_out_end_object(json);
    }
}

static void list_roster(struct visit *v, void (*items)(struct json_out *, const struct roster *))
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct buf body = buf_in(v->arena, ROSTER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    if (roster)
        items(&json, roster);
    json_out_end_list(&json);
    json_out_null(&json, "next");
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void api_operators(struct visit *v)
{
    list_roster(v, operators);
}

void api_lines(struct visit *v)
{
    list_roster(v, lines);
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
    json_out_object(&json, NULL);
    json_out_text(&json, "id", span_of(id));
    json_out_text(&json, "token", span_of(t->text));
    json_out_text_or_null(&json, "tenant", roster ? span_of(roster->tenant) : span_of(NULL));
    json_out_text(&json, "role", span_of(role_name(t->row.role)));
    json_out_text(&json, "name", span_of(t->row.name));
    json_out_end_object(&json);
    visit_answer_json(v, 201, &body);
}

/* Whose token it shall be. "*" is every tenant's, and only somebody who has every tenant may
 * give that away. False: it has been answered. */
static bool token_tenant(struct visit *v, struct span slug, int32_t *out)
{
    const bool every = span_is_text(slug, "*");
    const int32_t named = every || slug.size == 0 ? 0 : engine_tenant(v->site->engine, slug);
    const bool foreign = v->bound && named != v->bound;

    if (slug.size == 0 && v->tenant) {
        *out = v->tenant;
        return true;
    }
    if (slug.size == 0) {
        fields_refuse(v, "tenant", "which tenant is not said");
        return false;
    }
    if (foreign || (!every && !named)) {
        visit_fail(v, &(struct visit_error){
                          .status = 404, .field = "tenant", .message = "there is no such tenant"});
        return false;
    }
    *out = named;
    return true;
}

void api_token_add(struct visit *v)
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
    if (!token_tenant(v, tenant, &t->row.tenant))
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
    visit_answer(v, &(struct visit_reply){.status = 204});
}

void api_token_drop(struct visit *v)
{
    int64_t *id = ARENA_NEW(v->arena, int64_t);

    v->own = id;
    if (!id_parse(v->param, id))
        not_found(v);
    else
        visit_read(v, drop_token, token_dropped);
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

static void reloaded(struct visit *v)
{
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "message", span_of(v->own));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void api_reload(struct visit *v)
{
    char *why = arena_alloc(v->arena, ENGINE_WHY_SIZE);
    const enum err e = engine_reload(v->site->engine, why);

    if (v->bound && engine_tenants(v->site->engine) > 1) /* the mistake may be another's */
        why = arena_text(v->arena, e ? SPAN("a roster was refused") : SPAN("read again"));
    if (e) {
        visit_fail(v, &(struct visit_error){
                          .status = 409,
                          .message = why,
                          .help = "the last good version stays in force; 'nextring check' tells "
                                  "every mistake"});
        return;
    }
    v->own = why;
    visit_read(v, read_nothing, reloaded);
}
