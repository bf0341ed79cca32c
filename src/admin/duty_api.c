#include "admin/duty_api.h"

#include <string.h>

#include "admin/roster_change.h"
#include "codec/json_instant.h"
#include "codec/timestamp.h"
#include "engine/engine.h"
#include "model/facts.h"
#include "model/wall.h"
#include "rules/route.h"
#include "rules/shifts.h"
#include "visit/fields.h"
#include "visit/once_key.h"

enum {
    ANSWER_MAX = 4 << 20,
    DAYS_USUAL = 7,
    DAYS_MOST = 31,
    DATE_BYTES = 10,
    YEARS_MS_MOST = 10, /* an instant further off than these years is a mistake */
};

static const int64_t day_ms = 86400000;
static const int64_t years_ms = YEARS_MS_MOST * INT64_C(365) * 86400000;

/* What was asked, by the roster in force then, and what the store knows of it. */
struct asking {
    const struct roster *roster; /* stays valid until the reading is done */
    const struct line *line;
    int64_t version;
    struct buf out; /* the answer, made by the reading */
    struct facts facts;
    struct id_maker ids; /* facts want one; a reading makes no rows */
    struct span job;
    const struct duties *duties;
    int64_t now_ms;
    bool is_at, is_local;
    int64_t at_ms;
    int64_t days;
    /* Of the job; its own operator, and how many threads each owns whom the roster names. */
    struct span operator_id;
    int64_t burdens[LIMIT_STEP_OPERATORS];
    int burden_count;
    const char *burden_of[LIMIT_STEP_OPERATORS]; /* ids */
};

static void bad(struct visit *v, const char *field, const char *message, const char *help)
{
    visit_fail(
        v, &(struct visit_error){.status = 400, .field = field, .message = message, .help = help});
}

/* ---- what both ask ---- */

/* In a query a '+' stands for a space: one that was not escaped is meant as itself. NULL: it has
 * been answered. */
static const struct line *find_line(struct visit *v, const struct roster *roster)
{
    const struct span asked = span_trim(form_get(&v->asked, "line"));
    const struct line *line = NULL;

    if (!asked.size)
        line = roster->line_count ? &roster->lines[0] : NULL;
    else if (asked.data[0] == '+')
        line = roster_line(roster, asked);
    else
        line = roster_line(roster, span_of(arena_printf(v->arena, "+%.*s", SPAN_ARG(asked))));
    if (!line)
        visit_fail(v, &(struct visit_error){.status = 404,
                                            .field = "line",
                                            .message = "the roster has no such line"});
    return line;
}

/* NULL: it has been answered. */
static struct asking *ask(struct visit *v)
{
    struct asking *a = ARENA_NEW(v->arena, struct asking);
    struct engine_document now = {.version = 0};

    v->own = a;
    a->roster = engine_roster(v->site->engine, v->tenant);
    if (!a->roster) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return NULL;
    }
    a->line = find_line(v, a->roster);
    if (!a->line)
        return NULL;
    (void)engine_document(v->site->engine, v->tenant, &now);
    a->version = now.version;
    return a;
}

static void answer(struct visit *v)
{
    const struct asking *a = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else
        roster_change_answer(v, 200, &a->out, a->version);
}

static int64_t to_instant(const struct roster *roster, int64_t local_ms)
{
    return roster->zone ? wall_instant(roster->zone, local_ms, WALL_FIRST) : local_ms;
}

static int64_t to_local(const struct roster *roster, int64_t at_ms)
{
    return roster->zone ? wall_time(roster->zone, at_ms) : at_ms;
}

static void write_where(struct json_out *json, const struct roster *roster, const struct line *line)
{
    json_out_text(json, "line", span_of(line->number));
    json_out_text(json, "chain", span_of(roster->chains[line->chain].id));
    json_out_text(json, "time_zone", span_of(roster->zone ? roster->zone->name : "UTC"));
}

static void take_operator(void *ctx, const struct view_cell *cells, size_t count)
{
    struct visit *v = ctx;
    struct asking *a = v->own;

    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, "operator") == 0 && cells[i].type == VIEW_TEXT)
            a->operator_id = arena_copy(v->arena, cells[i].text);
}

/* Duties; of a job its operator, and the burdens of those whom the roster names. */
static enum err read_facts(struct visit *v, struct asking *a, struct store *store, int64_t now_ms)
{
    const struct view_filter job = {.tenant = v->tenant, .job = a->job, .limit = 1};

    a->now_ms = now_ms;
    facts_init(&a->facts, v->arena, &a->ids, now_ms);
    facts_want_duties(&a->facts, v->tenant);
    for (int i = 0; i < a->burden_count; i++)
        (void)facts_burden(&a->facts, v->tenant, span_of(a->burden_of[i]));
    enum err err = store_load(store, &a->facts);
    if (!err)
        a->duties = facts_duties(&a->facts, v->tenant);
    for (int i = 0; !err && i < a->burden_count; i++)
        a->burdens[i] = facts_burden(&a->facts, v->tenant, span_of(a->burden_of[i]));
    if (!err && a->job.size)
        err = store_view(store, VIEW_JOBS, &job, take_operator, v);
    return err;
}

/* "2026-11-24", or a time; by the tenant's clocks unless it says its offset. False: answered. */
static bool take_time(struct visit *v, struct asking *a, const char *field)
{
    const struct span text = span_trim(form_get(&v->asked, field));
    char copy[TIMESTAMP_SIZE + 8] = "";

    if (!text.size)
        return true;
    if (text.size < TIMESTAMP_SIZE) {
        memcpy(copy, text.data, text.size);
        if (text.size == DATE_BYTES)
            memcpy(copy + DATE_BYTES, "T00:00", 7);
        for (char *c = copy; *c; c++) /* a '+' of an offset that was not escaped */
            *c = *c == ' ' ? '+' : *c;
        a->is_at = timestamp_parse(span_of(copy), &a->at_ms, &a->is_local);
    }
    const int64_t off_ms = a->at_ms - engine_now_ms(v->site->engine);
    const bool good = a->is_at && off_ms <= years_ms && off_ms >= -years_ms;
    if (!good)
        bad(v, field, "is no time within ten years",
            "write 2026-11-29, 2026-11-29T03:00 or 2026-11-29T03:00:00Z");
    return good;
}

/* ---- at an instant ---- */

static void write_rungs(struct json_out *json, const char *key, const struct roster *roster,
                        const struct rung *list, int count)
{
    json_out_list(json, key);
    for (int i = 0; i < count; i++) {
        const int o = roster_operator_by_id(roster, span_of(list[i].operator_id));
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(list[i].operator_id));
        json_out_text(json, "name",
                      span_of(o < 0 ? list[i].operator_id : roster->operators[o].name));
        json_out_number(json, "step", list[i].step + 1);
        json_out_number(json, "ring_seconds", list[i].ring_s);
        json_out_number(json, "ack_seconds", list[i].ack_s);
        json_out_text(json, "reason", span_of(reason_name(list[i].reason)));
        json_out_text(json, "words", span_of(reason_words(list[i].reason)));
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static enum err make_plan(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asking *a = v->own;
    const struct roster *roster = a->roster;

    const enum err err = read_facts(v, a, store, now_ms);
    if (err)
        return err;
    struct plan *plan = ARENA_NEW(v->arena, struct plan);
    a->out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&a->out);
    const int64_t at_ms = !a->is_at     ? a->now_ms
                          : a->is_local ? to_instant(roster, a->at_ms)
                                        : a->at_ms;
    const struct route_ask of = {
        .line = a->line,
        .job = a->job,
        .job_operator = a->operator_id,
        .burdens = a->burden_count ? a->burdens : NULL,
        .duties = a->duties,
        .for_call = true,
    };
    route_plan(roster, &of, at_ms, plan);
    json_out_object(&json, NULL);
    json_instant(&json, "at", at_ms);
    write_where(&json, roster, a->line);
    write_rungs(&json, "plan", roster, plan->rungs, plan->count);
    write_rungs(&json, "left_out", roster, plan->out, plan->out_count);
    json_out_end_object(&json);
    return ERR_NONE;
}

void duty_api_plan(struct visit *v)
{
    struct asking *a = ask(v);

    if (!a || !take_time(v, a, "at"))
        return;
    a->job = form_get(&v->asked, "job");
    const struct job_route *route = a->job.size ? roster_job_route(a->roster, a->job) : NULL;
    for (int i = 0; route && i < route->operator_count; i++)
        a->burden_of[a->burden_count++] = a->roster->operators[route->operators[i]].id;
    visit_look(v, make_plan, answer);
}

/* ---- a week ---- */

static void write_shifts(struct json_out *json, const struct roster *roster, const struct shifts *s)
{
    json_out_list(json, "operators");
    for (int i = 0; i < roster->operator_count; i++) {
        if (!s->is_named[i])
            continue;
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(roster->operators[i].id));
        json_out_text(json, "name", span_of(roster->operators[i].name));
        json_out_list(json, "shifts");
        for (const struct shift_part *p = s->of[i]; p; p = p->next) {
            json_out_object(json, NULL);
            json_instant(json, "from", p->from_ms);
            json_instant(json, "to", p->to_ms);
            json_out_text(json, "reason", span_of(reason_name(p->reason)));
            json_out_text(json, "words", span_of(reason_words(p->reason)));
            json_out_end_object(json);
        }
        json_out_end_list(json);
        json_out_end_object(json);
    }
    json_out_end_list(json);
    json_out_list(json, "gaps");
    for (size_t i = 0; i < s->gap_count; i++) {
        json_out_object(json, NULL);
        json_instant(json, "from", s->gaps[i].from_ms);
        json_instant(json, "to", s->gaps[i].to_ms);
        json_out_end_object(json);
    }
    json_out_end_list(json);
    json_out_bool(json, "is_cut", s->is_cut);
}

/* Those that touch the week. */
static void write_overrides(struct json_out *json, const struct roster *roster, int64_t from_ms,
                            int64_t to_ms)
{
    json_out_list(json, "overrides");
    for (int i = 0; i < roster->override_count; i++) {
        const struct roster_override *o = &roster->overrides[i];
        if (o->when.to_ms <= from_ms || o->when.from_ms >= to_ms)
            continue;
        json_out_object(json, NULL);
        json_out_number(json, "n", i);
        json_out_text(json, "operator", span_of(roster->operators[o->operator_index].id));
        json_out_text_or_null(
            json, "instead_of",
            span_of(o->instead_of < 0 ? NULL : roster->operators[o->instead_of].id));
        json_instant(json, "from", o->when.from_ms);
        json_instant(json, "to", o->when.to_ms);
        if (o->instead_of < 0)
            json_out_bool(json, "is_on", o->on);
        else
            json_out_null(json, "is_on");
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static enum err make_week(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asking *a = v->own;
    const struct roster *roster = a->roster;

    const enum err err = read_facts(v, a, store, now_ms);
    if (err)
        return err;
    a->out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&a->out);
    const int64_t local_ms =
        a->is_at && a->is_local ? a->at_ms : to_local(roster, a->is_at ? a->at_ms : a->now_ms);
    const int64_t midnight = wall_day(local_ms) * day_ms;
    const int64_t from_ms = to_instant(roster, midnight);
    const int64_t to_ms = to_instant(roster, midnight + a->days * day_ms);
    struct shifts *s = ARENA_NEW(v->arena, struct shifts);
    shifts_find(v->arena, roster, a->line, a->duties, from_ms, to_ms, s);
    json_out_object(&json, NULL);
    json_instant(&json, "from", from_ms);
    json_instant(&json, "to", to_ms);
    write_where(&json, roster, a->line);
    json_out_number(&json, "version", a->version);
    write_shifts(&json, roster, s);
    write_overrides(&json, roster, from_ms, to_ms);
    json_out_end_object(&json);
    return ERR_NONE;
}

void duty_api_week(struct visit *v)
{
    const struct span days = form_get(&v->asked, "days");
    struct asking *a = ask(v);

    if (!a)
        return;
    a->days = DAYS_USUAL;
    if (!take_time(v, a, "from"))
        return;
    if (days.size && !span_number(days, 1, DAYS_MOST, &a->days))
        bad(v, "days", "is no number from 1 to 31", NULL);
    else
        visit_browse(v, make_week, answer);
}

/* ---- what it shall be ---- */

static void was_set(struct visit *v)
{
    const struct answer *answer = &v->work.answer;
    struct buf out = buf_in(v->arena, ANSWER_MAX);
    struct json_out json = json_out(&out);

    if (v->work.err) {
        visit_fail_busy(v);
        return;
    }
    if (answer->kind == ANSWER_REFUSED) {
        const bool is_nobody = answer->error == ERR_NOT_FOUND;
        visit_fail(
            v, &(struct visit_error){
                   .status = is_nobody ? 404 : 400,
                   .field = is_nobody ? NULL : "until",
                   .message = is_nobody ? "there is no operator with this id" : "is over already",
               });
        return;
    }
    json_out_object(&json, NULL);
    json_out_text(&json, "operator", v->work.event.operator_id);
    json_out_text(&json, "message", answer->words);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &out);
}

static bool is_self(const struct visit *v)
{
    return v->user && v->user->operator_id.size && span_is(v->user->operator_id, v->param);
}

void duty_api_set(struct visit *v)
{
    struct event *e = &v->work.event;
    struct span state = {NULL, 0}, until = {NULL, 0};
    const struct fields_want want[] = {{"state", &state}, {"until", &until}, {NULL, NULL}};
    bool is_local = false;

    if (!fields_read(v, want))
        return;
    v->work.roster = engine_roster(v->site->engine, v->tenant);
    if (!duty_state_parse(state, &e->duty)) {
        bad(v, "state", "state is on, off, away or hours", NULL);
        return;
    }
    if (until.size && !timestamp_parse(until, &e->until_ms, &is_local)) {
        bad(v, "until", "is no time", "write 2026-11-29T03:00 or 2026-11-29T03:00:00Z");
        return;
    }
    if (until.size && e->duty == DUTY_HOURS) {
        bad(v, "until", "his hours have no end", "leave it out");
        return;
    }
    if (!v->work.roster) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return;
    }
    if (is_local)
        e->until_ms = to_instant(v->work.roster, e->until_ms);
    e->kind = EVENT_DUTY;
    e->tenant = v->tenant;
    e->origin = visit_origin(v);
    e->attempt = -1;
    e->operator_id = v->param;
    e->by = v->user ? v->user->name : v->token_name;
    e->is_own = is_self(v);
    if (once_key_take(v))
        visit_submit(v, was_set);
}
