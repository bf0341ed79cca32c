#include "admin/roster_change.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "edit/json_splice.h"
#include "edit/roster_diff.h"
#include "edit/roster_shown.h"
#include "engine/engine.h"
#include "rules/moment.h"
#include "rules/reach.h"
#include "rules/route.h"
#include "visit/fields.h"

enum {
    ANSWER_MAX = 1 << 20,
    WARNINGS_MOST = 20,
    NOTE_BYTES_MAX = 200,
};

static const int64_t week_ms = INT64_C(7) * 86400000;

/* One edit on its way. */
struct change {
    struct editing edit;
    struct span before; /* the document in force when it came; a copy */
    int64_t version;    /* ... and its number; 0: there is none */
    int64_t named;      /* the version that the peer named; 0: none, -1: whatever it is */
    bool is_dry;
    bool is_stale; /* what he named is not in force */
    struct span named_text;
    struct span warnings; /* JSON */
};

/* ---- answers ---- */

void roster_change_answer(struct visit *v, int status, const struct buf *json, int64_t version)
{
    const struct http_field fields[] = {
        {"ETag", span_of(arena_printf(v->arena, "\"%lld\"", (long long)version))},
        {NULL, {NULL, 0}},
    };

    if (json->full) {
        visit_fail(v, &(struct visit_error){.status = 413, .message = "the answer is too long"});
        return;
    }
    visit_answer(v, &(struct visit_reply){.status = status,
                                          .type = "application/json",
                                          .body = buf_span(json),
                                          .fields = fields});
}

static const char *const source_names[] = {
    [ENGINE_SOURCE_DATABASE] = "database",
    [ENGINE_SOURCE_FILE] = "file",
    [ENGINE_SOURCE_ADDRESS] = "address",
};

static const char *why_not(struct visit *v, const struct engine_source *source)
{
    if (source->kind == ENGINE_SOURCE_DATABASE)
        return NULL;
    return arena_printf(v->arena, "the roster comes from %s: it is edited there", source->name);
}

void roster_change_source(struct visit *v, struct json_out *json)
{
    const struct engine_source source = engine_source(v->site->engine, v->arena);
    const char *why = why_not(v, &source);

    json_out_object(json, "source");
    json_out_text(json, "kind", span_of(source_names[source.kind]));
    json_out_text(json, "name", span_of(source.name));
    json_out_bool(json, "is_editable", !why);
    json_out_text_or_null(json, "why", span_of(why));
    json_out_end_object(json);
}

bool roster_change_is_allowed(struct visit *v)
{
    const struct engine_source source = engine_source(v->site->engine, v->arena);
    const char *why = why_not(v, &source);

    if (why)
        visit_fail(v, &(struct visit_error){
                          .status = 409,
                          .message = why,
                          .help = "to edit it here instead, set NEXTRING_ROSTER=database and start "
                                  "again: what is in force now is kept"});
    return !why;
}

/* ---- mistakes and warnings ---- */

/* "what is wrong; the mend" in two. */
static void write_mistake(struct json_out *json, const struct mistake *m)
{
    const char *mend = strstr(m->words, "; ");
    const struct span message = {m->words, mend ? (size_t)(mend - m->words) : strlen(m->words)};

    json_out_object(json, NULL);
    json_out_text(json, "path", span_of(m->where ? m->where : ""));
    json_out_number(json, "line", m->line);
    json_out_number(json, "column", m->column);
    json_out_text(json, "message", message);
    json_out_text_or_null(json, "help", mend ? span_of(mend + 2) : span_of(NULL));
    json_out_end_object(json);
}

static void write_mistakes(struct json_out *json, const struct mistakes *m)
{
    json_out_list(json, "mistakes");
    for (size_t i = 0; m && i < m->count; i++)
        write_mistake(json, &m->list[i]);
    json_out_end_list(json);
}

static void warn(struct json_out *json, const char *path, const char *message)
{
    json_out_object(json, NULL);
    json_out_text(json, "path", span_of(path));
    json_out_text(json, "message", span_of(message));
    json_out_end_object(json);
}

/* Times without anybody on duty in the week to come which there were not before. */
static void warn_of_gap(struct visit *v, struct json_out *json, const struct roster *old,
                        const struct roster *fresh, int line_index)
{
    const int64_t now_ms = engine_now_ms(v->site->engine);
    const struct line *line = &fresh->lines[line_index];
    const struct line *was = old ? roster_line(old, span_of(line->number)) : NULL;
    struct stretch gap, known;

    if (!route_gap(fresh, line, NULL, now_ms, now_ms + week_ms, &gap))
        return;
    if (was && route_gap(old, was, NULL, now_ms, now_ms + week_ms, &known) &&
        known.from_ms == gap.from_ms && known.to_ms == gap.to_ms)
        return;
    const struct span from = gap.from_ms <= now_ms
                                 ? SPAN("now")
                                 : moment_words(v->arena, fresh->zone, gap.from_ms, now_ms);
    const struct span to = gap.to_ms == INT64_MAX
                               ? SPAN("nobody knows when")
                               : moment_words(v->arena, fresh->zone, gap.to_ms, now_ms);
    warn(json, arena_printf(v->arena, "lines[%s]", line->number),
         arena_printf(v->arena, "nobody is on duty from %.*s until %.*s", SPAN_ARG(from),
                      SPAN_ARG(to)));
}

static bool is_unreachable(const struct roster *roster, const char *chain, int step)
{
    struct reach_step steps[LIMIT_STEPS * 4];
    const size_t count = reach_find(roster, steps, sizeof steps / sizeof steps[0]);

    for (size_t i = 0; i < count && i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].step == step && strcmp(roster->chains[steps[i].chain].id, chain) == 0)
            return true;
    return false;
}

/* What the new one brings with it that the old one had not: a step that no call reaches, a gap. */
static void write_warnings(struct visit *v, struct json_out *json, const struct roster *old,
                           const struct roster *fresh)
{
    struct reach_step steps[WARNINGS_MOST];
    const size_t count = fresh ? reach_find(fresh, steps, WARNINGS_MOST) : 0;
    bool seen[LIMIT_CHAINS] = {false};

    json_out_list(json, NULL);
    for (size_t i = 0; i < count && i < WARNINGS_MOST; i++) {
        const char *chain = fresh->chains[steps[i].chain].id;
        if (!old || !is_unreachable(old, chain, steps[i].step))
            warn(json, arena_printf(v->arena, "%s[%d]", chain, steps[i].step),
                 arena_printf(v->arena,
                              "step %d is never reached by a call: the rings before it use up "
                              "wait_seconds (%d)",
                              steps[i].step + 1, fresh->wait_s));
    }
    for (int i = 0; fresh && i < fresh->line_count; i++) {
        bool *is_seen = &seen[fresh->lines[i].chain]; /* lines of one chain have the same gaps */
        if (!*is_seen)
            warn_of_gap(v, json, old, fresh, i);
        *is_seen = true;
    }
    json_out_end_list(json);
}

struct span roster_change_shown(struct visit *v, struct span document)
{
    struct json *tree = NULL;
    struct json_place place;

    if (v->role >= ROLE_ADMIN)
        return document;
    if (json_parse(document, &tree, &place))
        return (struct span){NULL, 0};
    json_close(&tree);
    return roster_shown(v->arena, document);
}

static void write_difference(struct visit *v, struct json_out *json, struct span before,
                             struct span after)
{
    struct roster_diff *diff = ARENA_NEW(v->arena, struct roster_diff);

    roster_diff(v->arena, roster_change_shown(v, before), roster_change_shown(v, after), diff);
    roster_diff_write(json, "difference", diff);
}

static void write_digest(struct json_out *json, const struct roster *roster)
{
    char hex[sizeof roster->digest * 2 + 1] = "";

    for (size_t i = 0; roster && i < sizeof roster->digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", roster->digest[i]);
    json_out_text_or_null(json, "digest", roster ? span_of(hex) : span_of(NULL));
}

/* ---- the way of one ---- */

static void answer_error(struct json_out *json, const char *code, const char *message,
                         const char *field, const char *help)
{
    json_out_text(json, "code", span_of(code));
    json_out_text(json, "message", span_of(message));
    json_out_text_or_null(json, "field", span_of(field));
    json_out_text_or_null(json, "help", span_of(help));
}

static void answer_stale(struct visit *v)
{
    const struct change *c = v->own;
    struct engine_document now = {.version = 0};
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    (void)engine_document(v->site->engine, v->tenant, &now);
    json_out_object(&json, NULL);
    answer_error(&json, "has_changed", "somebody has changed the roster since", "If-Match",
                 "look at the difference, and do it again on the version in force");
    json_out_number(&json, "version", now.version);
    write_difference(v, &json, c->named_text.data ? c->named_text : now.text, now.text);
    json_out_end_object(&json);
    roster_change_answer(v, 412, &out, now.version);
}

static void take_text(void *ctx, const struct view_cell *cells, size_t count)
{
    struct visit *v = ctx;
    struct change *c = v->own;

    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, "document") == 0)
            c->named_text = arena_copy(v->arena, cells[i].text);
}

static enum err read_named(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct change *c = v->own;
    const struct view_filter filter = {.tenant = v->tenant, .id = c->named, .limit = 1};

    (void)now_ms;
    return store_view(store, VIEW_ROSTER_TEXT, &filter, take_text, v);
}

static void named_read(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        answer_stale(v);
}

/* What the peer does not know yet is the difference to what he named. */
static void refuse_stale(struct visit *v)
{
    const struct change *c = v->own;

    if (c->named > 0)
        visit_look(v, read_named, named_read);
    else
        answer_stale(v);
}

static void answer_done(struct visit *v, const struct change *c)
{
    const struct roster *roster = engine_roster(v->site->engine, c->edit.tenant_now);
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    json_out_object(&json, NULL);
    json_out_number(&json, "version", c->edit.version_now);
    write_digest(&json, roster);
    json_out_text(&json, "tenant", span_of(roster ? roster->tenant : ""));
    json_out_text(&json, "by", c->edit.by);
    json_out_text(&json, "note", c->edit.note);
    write_difference(v, &json, c->before, c->edit.document);
    json_out_raw(&json, "warnings", c->warnings);
    json_out_end_object(&json);
    roster_change_answer(v, c->version ? 200 : 201, &out, c->edit.version_now);
}

static void edited(struct editing *edit)
{
    struct visit *v = edit->user;
    struct change *c = v->own;

    switch (edit->err) {
    case ERR_NONE:
        log_event(LOG_INFO, &(struct log_fields){.tenant = edit->tenant_now},
                  "web: roster version %lld in force", (long long)edit->version_now);
        answer_done(v, c);
        return;
    case ERR_CONFLICT:
        refuse_stale(v);
        return;
    case ERR_BAD_INPUT: /* what was free has been taken meanwhile */
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "another edit came first",
                                            .help = "try it again: it tells what is wrong now"});
        return;
    case ERR_DENIED:
    case ERR_NOT_FOUND:
    case ERR_FULL:
    case ERR_BUSY:
    case ERR_UNSURE:
    case ERR_BROKEN:
    case ERRS:
        break;
    }
    visit_fail_busy(v);
}

static void answer_dry(struct visit *v, const struct change *c, const struct editing_trial *trial)
{
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    json_out_object(&json, NULL);
    json_out_number(&json, "version", c->version);
    write_mistakes(&json, trial->roster ? NULL : trial->mistakes);
    write_difference(v, &json, c->before, c->edit.document);
    json_out_raw(&json, "warnings", c->warnings);
    json_out_end_object(&json);
    roster_change_answer(v, 200, &out, c->version);
}

static void answer_mistakes(struct visit *v, const struct change *c,
                            const struct editing_trial *trial)
{
    const struct mistakes *m = trial->mistakes;
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);
    const char *first = m->count ? m->list[0].where : NULL;

    json_out_object(&json, NULL);
    answer_error(&json, "bad_input",
                 arena_printf(v->arena, "the roster has %zu mistake%s; nothing has changed",
                              m->count + m->more, m->count + m->more == 1 ? "" : "s"),
                 first && first[0] ? first : "document", "each is in 'mistakes', with its place");
    write_mistakes(&json, m);
    write_difference(v, &json, c->before, c->edit.document);
    json_out_end_object(&json);
    roster_change_answer(v, 400, &out, c->version);
}

/* Before it comes into force, as the old one is gone then. */
static void note_warnings(struct visit *v, struct change *c, const struct roster *fresh)
{
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    write_warnings(v, &json, engine_roster(v->site->engine, v->tenant), fresh);
    c->warnings = buf_span(&out);
}

/* Whose webhooks a tenant gets is the host's to say. */
static bool moves_away(const struct visit *v, const struct editing_trial *trial)
{
    const struct roster *old = engine_roster(v->site->engine, v->tenant);

    return v->bound && old && trial->roster &&
           strcmp(old->account_sid, trial->roster->account_sid) != 0;
}

static void try_it(struct visit *v)
{
    struct change *c = v->own;
    struct editing_trial trial = engine_try_roster(v->site->engine, v->tenant, c->edit.document);

    if (moves_away(v, &trial)) {
        arena_close(&trial.arena);
        visit_fail(
            v, &(struct visit_error){.status = 403,
                                     .field = "account_sid",
                                     .message = "a tenant's account is the host's to change",
                                     .help = "the host says: nextring tenant set SLUG --account"});
        return;
    }
    const bool is_kept = trial.roster != NULL && !c->is_dry;

    note_warnings(v, c, trial.roster);
    if (c->is_dry)
        answer_dry(v, c, &trial); /* and `c` is gone */
    else if (!is_kept)
        answer_mistakes(v, c, &trial);
    if (is_kept) {
        c->edit.trial = trial;
        engine_edit_roster(v->site->engine, &c->edit); /* may answer at once */
    } else {
        arena_close(&trial.arena);
    }
}

/* The version in If-Match; false: it has been answered. */
static bool take_version(struct visit *v, struct change *c)
{
    struct span tag = v->rq ? span_trim(http_header(v->rq, "If-Match")) : (struct span){0};

    if (span_starts(tag, SPAN("W/")))
        tag = span_skip(tag, 2);
    if (span_is_text(tag, "*")) {
        c->named = -1;
        return true;
    }
    if (!tag.size && !c->is_dry && c->version) {
        visit_fail(v, &(struct visit_error){
                          .status = 428,
                          .field = "If-Match",
                          .message = "of which version this is an edit is not said",
                          .help = "send If-Match with the ETag that the roster was read with, so "
                                  "that nobody's edit is lost"});
        return false;
    }
    if (tag.size > 2 && tag.data[0] == '"' && tag.data[tag.size - 1] == '"')
        tag = (struct span){tag.data + 1, tag.size - 2};
    if (tag.size && !span_number(tag, 1, INT32_MAX, &c->named))
        c->is_stale = true;
    return true;
}

static struct change *begin(struct visit *v)
{
    struct change *c = ARENA_NEW(v->arena, struct change);
    const struct span dry = form_get(&v->asked, "dry_run");
    struct engine_document now;

    v->own = c;
    c->is_dry = dry.size > 0 && !span_is_text(dry, "0") && !span_is_text(dry, "false");
    if (v->tenant && engine_document(v->site->engine, v->tenant, &now)) {
        c->before = arena_copy(v->arena, now.text);
        c->version = now.version;
    }
    if (!take_version(v, c))
        return NULL;
    c->is_stale = c->is_stale || (c->named > 0 && c->named != c->version);
    return c;
}

/* A new tenant's name is in its document as in the address. False: it has been answered. */
static bool names_itself(struct visit *v, struct span document)
{
    const struct span slug = form_get(&v->asked, "tenant");
    const struct span name = json_splice_get(document, SPAN("tenant"));

    if (v->tenant || !slug.size || span_is(name, json_splice_quote(v->arena, slug)))
        return true;
    visit_fail(v, &(struct visit_error){
                      .status = 400,
                      .field = "tenant",
                      .message = "the document is not of the tenant that the address names",
                      .help = arena_printf(v->arena, "write \"tenant\": \"%.*s\" into it",
                                           SPAN_ARG(slug))});
    return false;
}

static void go_on(struct visit *v, struct change *c, struct span document, struct span note)
{
    c->edit = (struct editing){
        .tenant = v->tenant,
        .version = c->version,
        .document = document,
        .by = !v->user && v->token_name.size ? v->token_name : visit_by(v),
        .note = {note.data, note.size > NOTE_BYTES_MAX
                                ? utf8_valid_bytes((struct span){note.data, NOTE_BYTES_MAX})
                                : note.size},
        .done = edited,
        .user = v,
    };
    try_it(v);
}

void roster_change_put(struct visit *v, struct span document, struct span note)
{
    if (!roster_change_is_allowed(v))
        return;
    struct change *c = begin(v);
    if (!c)
        return;
    if (c->is_stale)
        refuse_stale(v);
    else if (names_itself(v, document))
        go_on(v, c, document, note);
}

static void fail_part(struct visit *v, enum err err, const struct roster_edit *e)
{
    visit_fail(v, &(struct visit_error){.status = err == ERR_NOT_FOUND  ? 404
                                                  : err == ERR_CONFLICT ? 409
                                                                        : 400,
                                        .field = e->field,
                                        .message = e->message,
                                        .help = e->help});
}

void roster_change_part(struct visit *v, enum roster_edit_kind kind)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);

    if (!roster) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return;
    }
    if (!roster_change_is_allowed(v))
        return;
    struct change *c = begin(v);
    if (!c)
        return;
    if (c->is_stale) {
        refuse_stale(v);
        return;
    }
    struct roster_edit edit = {
        .kind = kind, .document = c->before, .roster = roster, .id = v->param, .body = v->body};
    const enum err err = roster_edit_apply(v->arena, &edit);
    if (err)
        fail_part(v, err, &edit);
    else
        go_on(v, c, edit.out, span_of(edit.note));
}
