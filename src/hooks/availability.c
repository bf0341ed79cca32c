#include "hooks/availability.h"

#include "base/buf.h"
#include "codec/json_instant.h"
#include "codec/url.h"
#include "codec/xml.h"
#include "model/facts.h"
#include "provider/webhook.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "visit/auth.h"

enum { ANSWER_BYTES_MAX = 64 << 10 };

struct asking {
    struct facts facts;
    struct id_maker ids; /* facts want one; a reading makes no rows */
    const struct duties *duties;
    int64_t now_ms;
};

/* ---- for programs ---- */

/* Until when he stays on duty; 0: no end is known. */
static int64_t until_ms(const struct asking *a, const struct roster *roster, int o)
{
    const struct schedule_ask ask = {roster, a->duties, o, -1};

    return schedule_next_change(&ask, a->now_ms);
}

static void person(struct json_out *json, const struct asking *a, const struct roster *roster,
                   int operator_index)
{
    const struct roster_operator *o = &roster->operators[operator_index];

    json_out_object(json, NULL);
    json_out_text(json, "operator", span_of(o->id));
    json_out_text(json, "name", span_of(o->name));
    json_out_text(json, "state", SPAN("available"));
    json_instant(json, "until", until_ms(a, roster, operator_index));
    json_out_end_object(json);
}

static void answer(struct visit *v, const struct roster *roster, const struct line *line)
{
    const struct asking *a = v->own;
    struct plan *plan = ARENA_NEW(v->arena, struct plan);
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    const struct route_ask ask = {
        .line = line,
        .job = form_get(&v->asked, "job"),
        .duties = a->duties,
        .for_call = true,
    };

    route_plan(roster, &ask, a->now_ms, plan);
    json_out_object(&json, NULL);
    json_out_text(&json, "line", span_of(line->number));
    json_out_list(&json, "available");
    for (int i = 0; i < plan->count; i++) {
        const int o = roster_operator_by_id(roster, span_of(plan->rungs[i].operator_id));
        person(&json, a, roster, o);
    }
    json_out_end_list(&json);
    json_instant(&json, "next_at", route_next_on(roster, line, a->duties, a->now_ms));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* In a query a '+' stands for a space: one that was not escaped is meant as itself. */
static const struct line *find_line(struct visit *v, const struct roster *roster)
{
    const struct span asked = span_trim(form_get(&v->asked, "line"));

    if (asked.size == 0)
        return roster->line_count > 0 ? &roster->lines[0] : NULL;
    if (asked.data[0] == '+')
        return roster_line(roster, asked);
    return roster_line(roster, span_of(arena_printf(v->arena, "+%.*s", SPAN_ARG(asked))));
}

static void duties_read(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    const struct line *line = roster ? find_line(v, roster) : NULL;

    if (v->reading.err)
        visit_fail_busy(v);
    else if (!roster)
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
    else if (!line)
        visit_fail(v, &(struct visit_error){.status = 404,
                                            .field = "line",
                                            .message = "the roster has no such line"});
    else
        answer(v, roster, line);
}

static enum err read_duties(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asking *a = v->own;

    a->now_ms = now_ms;
    facts_init(&a->facts, v->arena, &a->ids, now_ms);
    facts_want_duties(&a->facts, v->tenant);
    const enum err e = store_load(store, &a->facts);
    if (!e)
        a->duties = facts_duties(&a->facts, v->tenant);
    return e;
}

void availability_list(struct visit *v)
{
    v->own = ARENA_NEW(v->arena, struct asking);
    visit_read(v, read_duties, duties_read);
}

/* ---- for the carrier ---- */

static void refuse(struct visit *v, enum metric_refusal reason, int status, const char *why)
{
    v->site->counts.webhooks.refused[reason]++;
    visit_answer(v,
                 &(struct visit_reply){
                     .status = status, .type = "text/plain", .body = span_of(why), .bare = true});
}

static struct span webhook_of(struct visit *v, struct span job)
{
    struct buf out = buf_in(v->arena, ANSWER_BYTES_MAX);

    buf_add(&out, v->site->public_url);
    if (job.size > 0) {
        buf_add_text(&out, "/api/jobs/");
        url_escape(&out, job);
        buf_add_text(&out, "/call-webhook");
    } else {
        buf_add_text(&out, "/webhook/twilio/voice");
    }
    return buf_span(&out);
}

static void redirect(struct visit *v, struct span job)
{
    struct buf out = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct xml_out xml = xml_out(&out);

    xml_out_begin(&xml, "Response");
    xml_out_begin(&xml, "Redirect");
    xml_out_attr(&xml, "method", SPAN("POST"));
    xml_out_text(&xml, webhook_of(v, job));
    xml_out_end(&xml);
    xml_out_end(&xml);
    visit_answer(v, &(struct visit_reply){
                        .status = 200, .type = "text/xml", .body = buf_span(&out), .bare = true});
}

void availability_redirect(struct visit *v)
{
    const bool is_get = !span_is_text(v->rq->method, "POST");
    struct form form, query;

    if (form_parse(v->arena, v->query, &query) || form_parse(v->arena, v->body, &form)) {
        refuse(v, METRIC_REFUSAL_MALFORMED, 400, "the form is malformed");
        return;
    }
    const struct span account = webhook_account(is_get ? &query : &form);
    if (!auth_is_signed(v, &form, account)) {
        v->site->counts.bad_signatures++;
        refuse(v, auth_refusal(v, account), 403, "the signature is wrong");
        return;
    }
    const struct span job = form_get(&query, "job");
    if (account.size == 0 || !engine_has_account(v->site->engine, account))
        refuse(v, METRIC_REFUSAL_UNKNOWN, 403, "the account is unknown");
    else if (job.size >= JOB_SIZE)
        refuse(v, METRIC_REFUSAL_MALFORMED, 400, "the job's id is too long");
    else
        redirect(v, job);
}
