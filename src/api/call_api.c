#include "api/call_api.h"

#include <string.h>

#include "api/row_out.h"
#include "base/buf.h"
#include "base/id.h"
#include "codec/json_instant.h"
#include "store/view_cell.h"

enum { ANSWER_BYTES_MAX = 1 << 20, EVENTS_MAX = 400 };

/* A rung that rang. */
struct leg {
    int64_t rang_ms, picked_up_ms, ended_ms;
    int rings; /* how often: it may be rung once more */
};

struct call {
    struct view_filter filter;
    bool is_known;
    struct plan plan;
    struct span sid;
    int64_t accepted_ms, ended_ms;
    struct leg legs[LIMIT_RUNGS];
    struct row_out out;
    struct buf buf;
    struct json_out json;
};

/* ---- what is known ---- */

static int64_t number_of(const struct view_cell *cells, size_t count, const char *name)
{
    const struct view_cell *cell = view_cell(cells, count, name);

    return cell->type == VIEW_NUMBER ? cell->number : 0;
}

static struct span text_of(const struct view_cell *cells, size_t count, const char *name)
{
    const struct view_cell *cell = view_cell(cells, count, name);

    return cell->type == VIEW_TEXT ? cell->text : (struct span){NULL, 0};
}

static void note_call(void *ctx, const struct view_cell *cells, size_t count)
{
    struct call *c = ctx;

    c->is_known = true;
    c->sid = arena_copy(c->buf.arena, text_of(cells, count, "call_sid"));
    c->accepted_ms = number_of(cells, count, "accepted_at");
    c->ended_ms = number_of(cells, count, "ended_at");
    if (plan_parse(text_of(cells, count, "plan"), &c->plan))
        c->plan.count = 0;
    row_out_members(&c->out, cells, count);
}

/* Latest first: the earliest ring and the latest end stay. */
static void note_event(void *ctx, const struct view_cell *cells, size_t count)
{
    struct call *c = ctx;
    const struct view_cell *attempt = view_cell(cells, count, "attempt");
    const struct span kind = text_of(cells, count, "kind");
    const int64_t at_ms = number_of(cells, count, "created_at");

    if (attempt->type != VIEW_NUMBER || attempt->number < 0 || attempt->number >= LIMIT_RUNGS)
        return;
    struct leg *leg = &c->legs[attempt->number];
    if (span_is_text(kind, "attempt")) {
        leg->rang_ms = at_ms;
        leg->rings++;
    } else if (span_is_text(kind, "picked up")) {
        leg->picked_up_ms = at_ms;
    } else if (span_is_text(kind, "dialled") && !leg->ended_ms) {
        leg->ended_ms = at_ms;
    }
}

/* ---- the answer ---- */

/* When a leg that nobody told the end of was over: with the next ring, or with the call. */
static int64_t end_of(const struct call *c, int i)
{
    if (c->legs[i].ended_ms || c->plan.rungs[i].state == RUNG_ACCEPTED)
        return c->legs[i].ended_ms ? c->legs[i].ended_ms : c->ended_ms;
    for (int k = i + 1; k < c->plan.count; k++)
        if (c->legs[k].rang_ms && c->plan.rungs[k].step > c->plan.rungs[i].step)
            return c->legs[k].rang_ms;
    return c->accepted_ms ? c->accepted_ms : c->ended_ms;
}

static void write_legs(struct call *c)
{
    struct json_out *json = &c->json;

    json_out_list(json, "legs");
    for (int i = 0; i < c->plan.count; i++) {
        const struct rung *rung = &c->plan.rungs[i];
        const int who =
            c->out.roster ? roster_operator_by_id(c->out.roster, span_of(rung->operator_id)) : -1;
        if (!c->legs[i].rang_ms)
            continue;
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(rung->operator_id));
        json_out_text(json, "name",
                      span_of(who >= 0 ? c->out.roster->operators[who].name : rung->operator_id));
        json_out_number(json, "step", rung->step + 1);
        json_out_number(json, "attempt", i);
        json_out_number(json, "rings", c->legs[i].rings);
        json_instant(json, "rang_at", c->legs[i].rang_ms);
        json_instant(json, "picked_up_at", c->legs[i].picked_up_ms);
        json_instant(json, "ended_at", end_of(c, i));
        json_out_text(json, "result", span_of(rung_state_name(rung->state)));
        json_out_text(json, "reason", span_of(reason_name(rung->reason)));
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static enum err read_call(struct visit *v, struct store *store, int64_t now_ms)
{
    struct call *c = v->own;
    struct view_filter events = {.tenant = v->tenant, .limit = EVENTS_MAX};

    (void)now_ms;
    c->buf = buf_in(v->arena, ANSWER_BYTES_MAX);
    c->json = json_out(&c->buf);
    c->out.json = &c->json;
    json_out_object(&c->json, NULL);
    enum err e = store_view(store, VIEW_CALLS, &c->filter, note_call, c);
    if (e || !c->is_known)
        return e ? e : ERR_NOT_FOUND;
    events.sid = c->sid;
    e = store_view(store, VIEW_CALL_EVENTS, &events, note_event, c);
    if (e)
        return e;
    write_legs(c);
    json_out_end_object(&c->json);
    return c->buf.full ? ERR_FULL : ERR_NONE;
}

static void not_found(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is none with this id"});
}

static void looked(struct visit *v)
{
    struct call *c = v->own;

    if (v->reading.err == ERR_NOT_FOUND)
        not_found(v);
    else if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &c->buf);
}

void call_api_one(struct visit *v)
{
    struct call *c = ARENA_NEW(v->arena, struct call);

    v->own = c;
    c->filter = (struct view_filter){.tenant = v->tenant, .limit = 1};
    c->out.roster = engine_roster(v->site->engine, v->tenant);
    c->out.hides_links = v->listener != WEB_CONTROL;
    if (!id_parse(v->param, &c->filter.id))
        not_found(v);
    else
        visit_look(v, read_call, looked);
}
