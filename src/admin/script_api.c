#include "admin/script_api.h"

#include <string.h>

#include "admin/script_heard.h"
#include "codec/digest.h"
#include "config/script_file.h"
#include "config/scripts.h"
#include "model/wall.h"
#include "rules/words.h"
#include "visit/fields.h"

enum { LIST_BYTES_MAX = 1 << 20, PREVIEW_BYTES_MAX = 1 << 20, FIELD_BYTES_MAX = 200 };

static struct span slug_of(const struct roster *roster)
{
    return span_of(roster ? roster->tenant : NULL);
}

/* ---- what is in force ---- */

static void item(struct json_out *json, enum script_kind kind, const struct scripts_text *t)
{
    uint8_t hash[DIGEST_SHA256_BYTES];
    struct arena *arena = json->buf->arena;
    char digest[SCRIPT_DIGEST_SIZE];

    digest_sha256(t->text, hash);
    for (size_t i = 0; i < (SCRIPT_DIGEST_SIZE - 1) / 2; i++)
        memcpy(digest + 2 * i, arena_printf(arena, "%02x", hash[i]), 3);
    json_out_object(json, NULL);
    json_out_text(json, "name", span_of(script_kind_name(kind)));
    json_out_text(json, "source", t->source == SCRIPTS_BUILTIN ? SPAN("built-in") : SPAN("file"));
    json_out_bool(json, "is_own", t->source == SCRIPTS_TENANT);
    json_out_text(json, "digest", span_of(digest));
    json_out_text(json, "text", t->text);
    json_out_end_object(json);
}

static void mistake(struct json_out *json, const struct mistake *m)
{
    json_out_object(json, NULL);
    json_out_text_or_null(json, "file", span_of(m->file));
    json_out_number(json, "line", m->line);
    json_out_number(json, "column", m->column);
    json_out_text(json, "message", span_of(m->words));
    json_out_end_object(json);
}

void script_api_list(struct visit *v)
{
    const struct span slug = slug_of(engine_roster(v->site->engine, v->tenant));
    const struct scripts *scripts = v->site->scripts;
    struct mistake *mistakes = ARENA_NEW_N(v->arena, struct mistake, LIMIT_MISTAKES);
    struct buf body = buf_in(v->arena, LIST_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    for (int i = 0; i < SCRIPT_KINDS; i++) {
        const struct scripts_text t = scripts_text(scripts, slug, (enum script_kind)i);
        item(&json, (enum script_kind)i, &t);
    }
    json_out_end_list(&json);
    json_out_text(&json, "version", span_of(scripts_of(scripts, slug)->digest));
    json_out_list(&json, "mistakes");
    const size_t count = scripts_mistakes(scripts, slug, v->arena, mistakes, LIMIT_MISTAKES);
    for (size_t i = 0; i < count; i++)
        mistake(&json, &mistakes[i]);
    json_out_end_list(&json);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* ---- how one is heard ---- */

struct preview {
    const struct roster *roster;
    enum script_kind kind;
    struct span text;
    struct script_use use;
};

static struct span clock_words(struct arena *arena, const struct zone *zone, int64_t now_ms)
{
    enum { MINUTE_MS = 60000, DAY_MINUTES = 24 * 60 };
    const int64_t local_ms = zone ? wall_time(zone, now_ms) : now_ms;
    const int minute = (int)(local_ms / MINUTE_MS % DAY_MINUTES), hour = minute / 60 % 12;

    return span_of(arena_printf(arena, "%d:%02d %s", hour ? hour : 12, minute % 60,
                                minute < DAY_MINUTES / 2 ? "am" : "pm"));
}

static const struct line *first_line(const struct roster *roster)
{
    return roster && roster->line_count > 0 ? &roster->lines[0] : NULL;
}

/* Of a caller who is nobody: what is not said stands for itself. */
static void fill(struct visit *v, struct preview *p)
{
    const struct line *line = first_line(p->roster);
    struct span *values = p->use.values;

    p->use.kind = p->kind;
    values[SCRIPT_BUSINESS] = span_of(p->roster ? p->roster->name : "");
    values[SCRIPT_CALLER] = words_spelled(v->arena, SPAN("+16195550150"));
    values[SCRIPT_CALLER_NAME] = values[SCRIPT_CALLER];
    values[SCRIPT_LINE] = words_spelled(v->arena, span_of(line ? line->number : ""));
    values[SCRIPT_OPERATOR] =
        span_of(p->roster && p->roster->operator_count ? p->roster->operators[0].name : "");
    values[SCRIPT_TIME] =
        clock_words(v->arena, p->roster ? p->roster->zone : NULL, engine_now_ms(v->site->engine));
}

/* "[rings Ann, then Bob and Cy]", by the chain of the first line. */
static struct span ringing(struct visit *v, const struct roster *roster)
{
    enum { RINGING_BYTES_MAX = 4096 };
    const struct line *line = first_line(roster);
    struct buf out = buf_in(v->arena, RINGING_BYTES_MAX);

    if (!line)
        return SPAN("[rings whoever is on duty]");
    const struct chain *chain = &roster->chains[line->chain];
    buf_add_text(&out, "[rings ");
    for (int s = 0; s < chain->step_count; s++) {
        const struct step *step = &chain->steps[s];
        for (int i = 0; i < step->operator_count; i++) {
            buf_add_text(&out, i ? " and " : s ? ", then " : "");
            buf_add_text(&out, roster->operators[step->operators[i]].name);
        }
    }
    buf_add_text(&out, "]");
    return out.full ? SPAN("[rings the chain of the line]") : buf_span(&out);
}

static struct span step_words(struct visit *v, const struct preview *p)
{
    switch (p->kind) {
    case SCRIPT_INBOUND_ROUTING:
        return ringing(v, p->roster);
    case SCRIPT_SCREEN:
        return SPAN("[waits for a key: 1 takes the call, 2 passes it on]");
    case SCRIPT_VOICEMAIL:
        return SPAN("[records what the caller says]");
    case SCRIPT_CLOSED:
    case SCRIPT_KINDS:
        break;
    }
    return SPAN("[nothing]");
}

static bool take_field(struct visit *v, struct preview *p, struct span name,
                       const struct json *value)
{
    const char *at = arena_printf(v->arena, "fields.%.*s", SPAN_ARG(name));
    enum script_field field;

    if (!script_field_parse(name, &field))
        fields_refuse(v, at, "there is no such field");
    else if (json_type(value) != JSON_TEXT)
        fields_refuse(v, at, "the field is not a text");
    else if (json_text(value).size > FIELD_BYTES_MAX)
        fields_refuse(v, at, "longer than 200 bytes");
    else {
        p->use.values[field] = arena_copy(v->arena, json_text(value));
        return true;
    }
    return false;
}

static bool take_fields(struct visit *v, struct preview *p, const struct json *fields)
{
    if (json_type(fields) != JSON_ABSENT && json_type(fields) != JSON_OBJECT) {
        fields_refuse(v, "fields", "is not an object");
        return false;
    }
    for (size_t i = 0; i < json_count(fields); i++) {
        struct span name;
        const struct json *value = json_member(fields, i, &name);
        if (!take_field(v, p, name, value))
            return false;
    }
    return true;
}

static bool is_known(struct visit *v, const struct json *root)
{
    static const char *const known[] = {"name", "text", "fields"};

    for (size_t i = 0; i < json_count(root); i++) {
        struct span name;
        bool found = false;
        (void)json_member(root, i, &name);
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            found |= span_is_text(name, known[k]);
        if (!found) {
            visit_fail(v, &(struct visit_error){.status = 400,
                                                .field = arena_text(v->arena, name),
                                                .message = "there is no such field",
                                                .help = "known here: name text fields"});
            return false;
        }
    }
    return true;
}

static bool take_text(struct visit *v, struct preview *p, const struct json *root)
{
    const struct json *text = json_get(root, "text");

    if (json_type(text) == JSON_ABSENT || json_type(text) == JSON_NULL) {
        p->text =
            arena_copy(v->arena, scripts_text(v->site->scripts, slug_of(p->roster), p->kind).text);
        return true;
    }
    if (json_type(text) != JSON_TEXT) {
        fields_refuse(v, "text", "the field is not a text");
        return false;
    }
    p->text = arena_copy(v->arena, json_text(text));
    return true;
}

/* False: it has been answered. */
static bool take(struct visit *v, struct preview *p, const struct json *root)
{
    if (json_type(root) != JSON_OBJECT) {
        fields_refuse(v, NULL, "the body is not a JSON object");
        return false;
    }
    if (!is_known(v, root))
        return false;
    if (!script_kind_parse(json_text(json_get(root, "name")), &p->kind)) {
        fields_refuse(v, "name", "is inbound_routing, screen, voicemail or closed");
        return false;
    }
    fill(v, p);
    return take_text(v, p, root) && take_fields(v, p, json_get(root, "fields"));
}

static bool read_body(struct visit *v, struct preview *p)
{
    struct json *root = fields_json(v);

    if (!root)
        return false;
    const bool good = take(v, p, root);
    json_close(&root);
    return good;
}

static void answer(struct visit *v, const struct preview *p)
{
    struct mistakes *mistakes = ARENA_NEW(v->arena, struct mistakes);
    struct script_heard heard = {.use = &p->use, .step = step_words(v, p)};
    const struct script_file file = {script_kind_name(p->kind), p->kind, p->text};
    struct buf body = buf_in(v->arena, PREVIEW_BYTES_MAX);
    struct json_out json = json_out(&body);

    mistakes_init(mistakes, v->arena);
    const enum err e = script_file_parse(v->arena, &file, &heard.verbs, mistakes);
    json_out_object(&json, NULL);
    json_out_list(&json, "mistakes");
    for (size_t i = 0; i < mistakes->count; i++)
        mistake(&json, &mistakes->list[i]);
    json_out_end_list(&json);
    if (e) {
        json_out_list(&json, "words");
        json_out_end_list(&json);
        json_out_null(&json, "twiml");
    } else if (script_heard_out(v->arena, &heard, &json)) {
        fields_refuse(v, "text", "is too long to be shown");
        return;
    }
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void script_api_preview(struct visit *v)
{
    struct preview *p = ARENA_NEW(v->arena, struct preview);

    if (!visit_has_type(v, "application/json")) {
        visit_fail(v, &(struct visit_error){.status = 415,
                                            .message = "the body is of a type not known here",
                                            .help = "send application/json"});
        return;
    }
    p->roster = engine_roster(v->site->engine, v->tenant);
    if (read_body(v, p))
        answer(v, p);
}
