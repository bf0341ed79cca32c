#include "admin/roster_api.h"

#include <stdio.h>

#include "admin/roster_change.h"
#include "admin/roster_parts.h"
#include "codec/timestamp.h"
#include "edit/json_splice.h"
#include "engine/engine.h"
#include "visit/fields.h"

enum { ANSWER_MAX = LIMIT_ROSTER_BYTES + (64 << 10) };

/* ---- reading ---- */

static void write_digest(struct json_out *json, const struct roster *roster)
{
    char hex[sizeof roster->digest * 2 + 1];

    for (size_t i = 0; i < sizeof roster->digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", roster->digest[i]);
    json_out_text(json, "digest", span_of(hex));
}

void roster_api_get(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct engine_document now = {.version = 0};
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    json_out_object(&json, NULL);
    if (roster && engine_document(v->site->engine, v->tenant, &now)) {
        json_out_number(&json, "version", now.version);
        write_digest(&json, roster);
        json_out_text(&json, "tenant", span_of(roster->tenant));
    } else {
        json_out_number(&json, "version", 0);
        json_out_null(&json, "digest");
        json_out_null(&json, "tenant");
    }
    roster_change_source(v, &json);
    if (now.text.size)
        json_out_raw(&json, "document", roster_change_shown(v, span_trim(now.text)));
    else
        json_out_null(&json, "document");
    json_out_end_object(&json);
    roster_change_answer(v, 200, &out, now.version);
}

/* ---- versions ---- */

struct kept {
    int64_t version, created_ms;
    bool is_good, is_there;
    struct span digest, document, mistakes, made_by, note; /* in the visit's arena */
};

static void take(void *ctx, const struct view_cell *cells, size_t count)
{
    struct visit *v = ctx;
    struct kept *k = v->own;
    const struct {
        const char *name;
        struct span *text;
    } texts[] = {
        {"digest", &k->digest},   {"document", &k->document}, {"mistakes", &k->mistakes},
        {"made_by", &k->made_by}, {"note", &k->note},
    };

    k->is_there = true;
    for (size_t i = 0; i < count; i++) {
        const struct span name = span_of(cells[i].name);
        if (span_is_text(name, "created_at"))
            k->created_ms = cells[i].number;
        if (span_is_text(name, "is_good"))
            k->is_good = cells[i].number != 0;
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
            if (span_is_text(name, texts[t].name) && cells[i].type == VIEW_TEXT)
                *texts[t].text = arena_copy(v->arena, cells[i].text);
    }
}

static enum err read_kept(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct kept *k = v->own;
    const struct view_filter filter = {.tenant = v->tenant, .id = k->version, .limit = 1};

    (void)now_ms;
    const enum err err = store_view(store, VIEW_ROSTER_TEXT, &filter, take, v);
    return !err && !k->is_there ? ERR_NOT_FOUND : err;
}

static void no_such_version(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such version"});
}

static void look_up(struct visit *v, visit_fn *then)
{
    struct kept *k = ARENA_NEW(v->arena, struct kept);

    v->own = k;
    if (span_number(v->param, 1, INT32_MAX, &k->version))
        visit_look(v, read_kept, then);
    else
        no_such_version(v);
}

/* False: it has been answered. */
static bool was_read(struct visit *v)
{
    const enum err err = v->reading.err; /* once it is answered the visit is gone */

    if (err == ERR_NOT_FOUND)
        no_such_version(v);
    else if (err)
        visit_fail_busy(v);
    return !err;
}

static bool is_json(struct span text)
{
    struct json *tree = NULL;
    struct json_place place;
    const bool is = !json_parse(text, &tree, &place);

    json_close(&tree);
    return is;
}

static void version_read(struct visit *v)
{
    const struct kept *k = v->own;
    struct buf out = buf_in(v->arena, ANSWER_MAX * 2);
    struct json_out json = json_out(&out);
    char at[TIMESTAMP_SIZE];

    if (!was_read(v))
        return;
    timestamp_render(k->created_ms, at);
    json_out_object(&json, NULL);
    json_out_number(&json, "version", k->version);
    json_out_bool(&json, "is_good", k->is_good);
    json_out_text(&json, "digest", k->digest);
    json_out_text(&json, "created_at", span_of(at));
    json_out_text_or_null(&json, "made_by", k->made_by);
    json_out_text_or_null(&json, "note", k->note);
    json_out_text_or_null(&json, "mistakes", k->mistakes);
    if (is_json(k->document))
        json_out_raw(&json, "document", roster_change_shown(v, span_trim(k->document)));
    else /* a refused one may be anything */
        json_out_text_or_null(&json, "document", roster_change_shown(v, k->document));
    json_out_end_object(&json);
    roster_change_answer(v, 200, &out, k->version);
}

void roster_api_version(struct visit *v)
{
    look_up(v, version_read);
}

static void restore(struct visit *v)
{
    const struct kept *k = v->own;

    if (was_read(v))
        roster_change_put(
            v, k->document,
            span_of(arena_printf(v->arena, "version %lld restored", (long long)k->version)));
}

void roster_api_restore(struct visit *v)
{
    if (roster_change_is_allowed(v))
        look_up(v, restore);
}

/* ---- editing ---- */

/* False: it has been answered. */
static bool is_object(struct visit *v)
{
    if (!visit_has_type(v, "application/json")) {
        visit_fail(v, &(struct visit_error){.status = 415,
                                            .message = "the body is of a type not known here",
                                            .help = "send application/json"});
        return false;
    }
    struct json *tree = fields_json(v);
    if (!tree)
        return false;
    const bool is = json_type(tree) == JSON_OBJECT;
    json_close(&tree);
    if (!is)
        fields_refuse(v, NULL, "the body is not a JSON object");
    return is;
}

void roster_api_put(struct visit *v)
{
    struct span note = {NULL, 0};

    if (!is_object(v))
        return;
    const struct span document = json_splice_get(v->body, SPAN("document"));
    const struct span said = json_splice_get(v->body, SPAN("note"));
    if (said.size > 2 && said.data[0] == '"') {
        struct json *tree = NULL;
        struct json_place place;
        if (!json_parse(said, &tree, &place))
            note = arena_copy(v->arena, json_text(tree));
        json_close(&tree);
    }
    if (!document.size)
        fields_refuse(v, "document", "there is no document");
    else
        roster_change_put(v, document, note);
}

void roster_api_chain_put(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_CHAIN_PUT);
}

void roster_api_chain_drop(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_CHAIN_DROP);
}

void roster_api_operator_add(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_OPERATOR_ADD);
}

void roster_api_operator_change(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_OPERATOR_CHANGE);
}

void roster_api_operator_drop(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_OPERATOR_DROP);
}

void roster_api_override_add(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_OVERRIDE_ADD);
}

void roster_api_override_drop(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_OVERRIDE_DROP);
}

void roster_api_line_change(struct visit *v)
{
    roster_change_part(v, ROSTER_EDIT_LINE_CHANGE);
}
