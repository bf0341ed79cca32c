#include "api/job_api.h"

#include <string.h>

#include "api/api.h"
#include "api/listing.h"
#include "base/buf.h"
#include "config/job_file.h"
#include "visit/fields.h"

enum { ANSWER_BYTES_MAX = 1 << 20, KEY_BYTES_MAX = 128, NOTE_BYTES_MAX = 500, NO_VERSION = -1 };

struct asked {
    struct mistakes mistakes;
    struct job_file file;
    struct job_draft draft;
};

static void list_mistakes(struct json_out *json, const struct mistakes *m)
{
    json_out_list(json, "mistakes");
    for (size_t i = 0; i < m->count; i++) {
        json_out_object(json, NULL);
        json_out_number(json, "line", m->list[i].line);
        json_out_number(json, "column", m->list[i].column);
        json_out_text_or_null(json, "field", span_of(m->list[i].where));
        json_out_text(json, "message", span_of(m->list[i].words));
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

/* 400 with the first mistake as the message, and all of them. */
static void refuse_mistakes(struct visit *v, const struct mistakes *m)
{
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    const struct mistake *first = &m->list[0];

    json_out_object(&json, NULL);
    json_out_text(&json, "code", SPAN("bad_input"));
    json_out_text(&json, "message",
                  span_of(arena_printf(v->arena, "line %d, column %d: %s%s%s", first->line,
                                       first->column, first->where ? first->where : "",
                                       first->where ? ": " : "", first->words)));
    json_out_text_or_null(&json, "field", span_of(first->where));
    json_out_text(&json, "help",
                  span_of(arena_printf(v->arena, "%zu mistake%s in all; nothing was changed",
                                       m->count + m->more, m->count + m->more == 1 ? "" : "s")));
    list_mistakes(&json, m);
    json_out_end_object(&json);
    visit_answer_json(v, 400, &body);
}

static struct asked *begin(struct visit *v)
{
    struct asked *a = ARENA_NEW(v->arena, struct asked);

    mistakes_init(&a->mistakes, v->arena);
    v->work.event.by = api_operator(v).size ? api_operator(v) : api_who(v);
    if (!v->work.event.by.size)
        v->work.event.by = SPAN("api");
    v->work.event.job_way = JOB_BY_API;
    v->work.event.job_cause = JOB_CAUSES;
    v->own = a;
    return a;
}

static const struct roster *roster_of(const struct visit *v)
{
    return engine_roster(v->site->engine, v->tenant);
}

/* A change is refused once it was made on what is no more (412: RFC 9110, 13.1.1). A weak tag, and
 * one that is none of ours, is of no version. False: it has been answered. */
static bool take_version(struct visit *v)
{
    struct span tag = v->rq ? span_trim(http_header(v->rq, "If-Match")) : (struct span){0};
    int64_t n = 0;

    if (!tag.size || span_is_text(tag, "*"))
        return true;
    if (memchr(tag.data, ',', tag.size)) {
        fields_refuse(v, "If-Match", "give one ETag of the job: \"3\"");
        return false;
    }
    if (tag.size > 2 && tag.data[0] == '"' && tag.data[tag.size - 1] == '"')
        tag = (struct span){tag.data + 1, tag.size - 2};
    v->work.event.version = span_number(tag, 1, INT32_MAX, &n) ? (int32_t)n : NO_VERSION;
    return true;
}

static void added(struct visit *v)
{
    if (v->work.err || v->work.answer.kind == ANSWER_REFUSED)
        api_answer(v, 201, "id");
    else
        listing_job_by_id(v, v->work.answer.id, 201);
}

/* False: it has been answered. */
static bool is_json(struct visit *v)
{
    if (visit_has_type(v, "application/json"))
        return true;
    visit_fail(v, &(struct visit_error){.status = 415,
                                        .message = "the body is of a type not known here",
                                        .help = "send application/json"});
    return false;
}

void job_api_add(struct visit *v)
{
    struct asked *a = begin(v);
    struct event *e = &v->work.event;

    if (!is_json(v))
        return;
    if (job_file_json(v->arena, v->body, roster_of(v), &a->mistakes, &a->file)) {
        refuse_mistakes(v, &a->mistakes);
        return;
    }
    if (a->file.is_list || a->file.count != 1) {
        fields_refuse(v, NULL, "one job is made here; a list goes to /api/v1/jobs/import");
        return;
    }
    e->kind = EVENT_JOB_IMPORT;
    e->import = JOB_IMPORT_ALL;
    e->drafts = a->file.drafts;
    e->draft_count = 1;
    api_act(v, added);
}

/* ---- a change ---- */

static bool take_action(struct doc *doc, const struct doc_node *top, struct arena *arena,
                        struct event *e)
{
    const struct doc_node *action = doc_get(doc, top, "action"), *by = doc_get(doc, top, "by");
    const struct doc_node *to = doc_get(doc, top, "to"), *note = doc_get(doc, top, "note");
    struct span text;
    bool good = true;

    if (action && doc_text(doc, action, KEY_BYTES_MAX, &text)) {
        if (!job_cause_parse(text, &e->job_cause) || e->job_cause >= JOB_NOT_CLAIMED) {
            doc_mistake(doc, action,
                        "is none of assign, claim, start, hand over, complete, give back, "
                        "cancel, reopen");
            good = false;
        }
    } else {
        good &= !action;
    }
    if (by && (good &= doc_word(doc, by, KEY_BYTES_MAX, &text)))
        e->by = arena_copy(arena, text);
    if (to && (good &= doc_word(doc, to, KEY_BYTES_MAX, &text)))
        e->to = arena_copy(arena, text);
    if (note && (good &= doc_text(doc, note, NOTE_BYTES_MAX, &text)))
        e->body = arena_copy(arena, text);
    return good;
}

static bool read_change(struct visit *v, struct asked *a)
{
    static const char *const known[] = {"action",
                                        "by",
                                        "to",
                                        "note",
                                        "state",
                                        "status",
                                        "title",
                                        "notes",
                                        "customer",
                                        "customer_phone",
                                        "customer_name",
                                        "address",
                                        "language",
                                        "priority",
                                        "operator",
                                        "line",
                                        "crew",
                                        "stakeholders",
                                        "claim_seconds",
                                        "progress_seconds",
                                        NULL};
    struct doc doc;
    const struct doc_node *top = doc_open(&doc, NULL, v->body, &a->mistakes);
    bool good = false;

    if (top && doc_is(&doc, top, JSON_OBJECT, "an object: {\"state\": \"completed\"}")) {
        doc_known(&doc, top, known, true);
        good = take_action(&doc, top, v->arena, &v->work.event);
        good &= job_file_read(v->arena, &doc, top, roster_of(v), false, &a->draft);
    }
    doc_close(&doc);
    return good && a->mistakes.count == 0;
}

static void changed(struct visit *v)
{
    if (v->work.err || v->work.answer.kind == ANSWER_REFUSED)
        api_answer(v, 200, "id");
    else
        listing_job_by_id(v, v->work.answer.id, 200);
}

void job_api_change(struct visit *v)
{
    struct asked *a = begin(v);
    struct event *e = &v->work.event;

    if (!is_json(v) || !take_version(v))
        return;
    if (!read_change(v, a)) {
        refuse_mistakes(v, &a->mistakes);
        return;
    }
    if (a->draft.given & 1u << JOB_FIELD_STATE && e->job_cause < JOB_CAUSES) {
        fields_refuse(v, "state", "either a state or an action is named, not both");
        return;
    }
    e->kind = EVENT_JOB;
    e->job = v->param;
    e->drafts = &a->draft;
    e->draft_count = 1;
    api_act(v, changed);
}

/* ---- an import ---- */

static void imported(struct visit *v)
{
    const struct asked *a = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (v->work.err || v->work.answer.kind == ANSWER_REFUSED) {
        api_answer(v, 200, "id");
        return;
    }
    json_out_object(&json, NULL);
    json_out_number(&json, "made", v->work.answer.count);
    json_out_number(&json, "left_out", (int64_t)a->file.count - v->work.answer.count);
    json_out_text(&json, "message", v->work.answer.words);
    list_mistakes(&json, &a->mistakes);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void job_api_import(struct visit *v)
{
    struct asked *a = begin(v);
    struct event *e = &v->work.event;
    const bool partial = span_is_text(form_get(&v->asked, "partial"), "1");
    enum err err;

    if (visit_has_type(v, "text/csv"))
        err = job_file_csv(v->arena, v->body, roster_of(v), &a->mistakes, &a->file);
    else if (visit_has_type(v, "application/json"))
        err = job_file_json(v->arena, v->body, roster_of(v), &a->mistakes, &a->file);
    else {
        visit_fail(v, &(struct visit_error){.status = 415,
                                            .message = "the body is of a type not known here",
                                            .help = "send application/json or text/csv"});
        return;
    }
    if (err == ERR_FULL) {
        visit_fail(v, &(struct visit_error){.status = 413, .message = "more than 1000 jobs"});
        return;
    }
    if (err && (!partial || a->file.count == 0)) {
        refuse_mistakes(v, &a->mistakes);
        return;
    }
    if (a->file.count == 0) {
        fields_refuse(v, NULL, "there is no job in it");
        return;
    }
    e->kind = EVENT_JOB_IMPORT;
    e->import = partial ? JOB_IMPORT_PARTIAL : JOB_IMPORT_ALL;
    e->drafts = a->file.drafts;
    e->draft_count = a->file.count;
    api_act(v, imported);
}
