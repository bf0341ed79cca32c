#include "admin/roster_parts.h"

#include <string.h>

#include "admin/roster_change.h"
#include "codec/json_walk.h"
#include "codec/timestamp.h"
#include "edit/json_splice.h"
#include "engine/engine.h"
#include "model/facts.h"
#include "rules/rotation.h"
#include "rules/route.h"
#include "rules/schedule.h"

enum { ANSWER_MAX = 4 << 20, HAND_OVERS = 8 };

/* What a list is made from. */
struct view_of {
    struct visit *v;
    const struct roster *roster;
    struct engine_document now;
    struct span document; /* as the peer may see it */
    struct span *written; /* the items of the list that is shown, as the document has them */
    size_t written_count;
    struct buf out;
    struct json_out json;
};

/* False: it has been answered. */
static bool begin(struct visit *v, struct view_of *w)
{
    *w = (struct view_of){.v = v, .roster = engine_roster(v->site->engine, v->tenant)};
    if (!w->roster || !engine_document(v->site->engine, v->tenant, &w->now)) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant has no roster in force"});
        return false;
    }
    w->document = roster_change_shown(v, w->now.text);
    w->out = buf_in(v->arena, ANSWER_MAX);
    w->json = json_out(&w->out);
    return true;
}

static void take_written(struct view_of *w, const char *key, size_t most)
{
    struct json_walk walk;
    struct span name, value;

    w->written = ARENA_NEW_N(w->v->arena, struct span, most + 1);
    if (!json_walk_open(json_splice_get(w->document, span_of(key)), &walk))
        return;
    while (w->written_count < most && json_walk_next(&walk, &name, &value))
        w->written[w->written_count++] = value;
}

/* NULL data: the document has none at this place. */
static struct span written(const struct view_of *w, int index)
{
    return (size_t)index < w->written_count ? w->written[index] : (struct span){NULL, 0};
}

static void not_found(struct visit *v, const char *message)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = message});
}

typedef void items_fn(struct view_of *w);

static void answer_list(struct visit *v, items_fn *items)
{
    struct view_of w;

    if (!begin(v, &w))
        return;
    json_out_object(&w.json, NULL);
    json_out_list(&w.json, "items");
    items(&w);
    json_out_end_list(&w.json);
    json_out_null(&w.json, "next");
    json_out_number(&w.json, "version", w.now.version);
    roster_change_source(v, &w.json);
    json_out_end_object(&w.json);
    roster_change_answer(v, 200, &w.out, w.now.version);
}

static void raw(struct json_out *json, const char *key, struct span value)
{
    if (value.data)
        json_out_raw(json, key, value);
    else
        json_out_null(json, key);
}

static void instant(struct json_out *json, const char *key, int64_t at_ms)
{
    char text[TIMESTAMP_SIZE];

    timestamp_render(at_ms, text);
    json_out_text(json, key, span_of(text));
}

/* ---- chains ---- */

/* Those of a step as a document names them: of a rotation's members the rotation. */
static void write_step(struct view_of *w, const struct step *step)
{
    struct json_out *json = &w->json;
    uint8_t turn = 0;

    json_out_object(json, NULL);
    json_out_list(json, "operators");
    for (int i = 0; i < step->operator_count; i++) {
        if (!step->turns[i])
            json_out_text(json, NULL, span_of(w->roster->operators[step->operators[i]].id));
        else if (step->turns[i] != turn)
            json_out_text(json, NULL,
                          span_of(arena_printf(w->v->arena, "rotation:%s",
                                               w->roster->rotations[step->turns[i] - 1].id)));
        turn = step->turns[i];
    }
    json_out_end_list(json);
    json_out_text(json, "how", span_of(ring_how_name(step->how)));
    json_out_number(json, "ring_seconds", step->ring_s);
    json_out_number(json, "ack_seconds", step->ack_s);
    json_out_text(json, "on_unsure", step->again ? SPAN("send-again") : SPAN("next"));
    json_out_end_object(json);
}

static void write_chain(struct view_of *w, int index)
{
    const struct chain *chain = &w->roster->chains[index];
    const bool is_fallback = strcmp(chain->id, "fallback_chain") == 0;
    struct json_out *json = &w->json;

    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(chain->id));
    json_out_bool(json, "is_fallback", is_fallback);
    json_out_list(json, "steps");
    for (int s = 0; s < chain->step_count; s++)
        write_step(w, &chain->steps[s]);
    json_out_end_list(json);
    json_out_list(json, "lines");
    for (int i = 0; i < w->roster->line_count; i++)
        if (w->roster->lines[i].chain == index)
            json_out_text(json, NULL, span_of(w->roster->lines[i].number));
    json_out_end_list(json);
    raw(json, "document",
        is_fallback
            ? json_splice_get(w->document, span_of(chain->id))
            : json_splice_get(json_splice_get(w->document, SPAN("chains")), span_of(chain->id)));
    json_out_end_object(json);
}

static void chains(struct view_of *w)
{
    for (int i = 0; i < w->roster->chain_count; i++)
        write_chain(w, i);
}

void roster_parts_chains(struct visit *v)
{
    answer_list(v, chains);
}

void roster_parts_chain(struct visit *v)
{
    struct view_of w;
    int at = 0;

    if (!begin(v, &w))
        return;
    while (at < w.roster->chain_count && !span_is_text(v->param, w.roster->chains[at].id))
        at++;
    if (at == w.roster->chain_count) {
        not_found(v, "there is no chain with this id");
        return;
    }
    write_chain(&w, at);
    roster_change_answer(v, 200, &w.out, w.now.version);
}

/* ---- operators ---- */

/* What they said of themselves, as the store has it. */
struct said {
    struct facts facts;
    struct id_maker ids; /* facts want one; a reading makes no rows */
    const struct duties *duties;
    int64_t now_ms;
};

static enum err read_duties(struct visit *v, struct store *store, int64_t now_ms)
{
    struct said *s = v->own;

    s->now_ms = now_ms;
    facts_init(&s->facts, v->arena, &s->ids, now_ms);
    facts_want_duties(&s->facts, v->tenant);
    const enum err err = store_load(store, &s->facts);
    if (!err)
        s->duties = facts_duties(&s->facts, v->tenant);
    return err;
}

/* Whether he is on duty by himself, wherever he stands; and what he said, or was said for him. */
static void write_duty(struct view_of *w, int index)
{
    const struct said *s = w->v->own;
    const struct duty *word = schedule_duty(s->duties, w->roster->operators[index].id);
    const enum reason reason = route_reason(w->roster, s->duties, index, s->now_ms);
    struct json_out *json = &w->json;

    json_out_bool(json, "is_on", reason_is_taken(reason));
    json_out_text(json, "words", span_of(reason_words(reason)));
    if (!word || word->state == DUTY_HOURS || (word->until_ms && word->until_ms <= s->now_ms)) {
        json_out_null(json, "said");
        return;
    }
    json_out_object(json, "said");
    json_out_text(json, "state", span_of(duty_state_name(word->state)));
    if (word->until_ms)
        instant(json, "until", word->until_ms);
    else
        json_out_null(json, "until");
    json_out_end_object(json);
}

static void write_operator(struct view_of *w, int index)
{
    const struct roster_operator *o = &w->roster->operators[index];
    const struct span entry = written(w, index); /* those of the document come first */
    struct json_out *json = &w->json;

    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(o->id));
    json_out_text(json, "name", span_of(o->name));
    json_out_text(json, "phone", span_of(o->phone));
    json_out_text(json, "time_zone", span_of(o->zone ? o->zone->name : ""));
    json_out_text(json, "prealert", span_of(prealert_name(o->prealert)));
    json_out_text(json, "accept", span_of(accept_name(o->accept)));
    json_out_text(json, "caller_id", span_of(caller_id_name(o->caller_id)));
    if (o->ring_s)
        json_out_number(json, "ring_seconds", o->ring_s);
    else
        json_out_null(json, "ring_seconds");
    json_out_bool(json, "is_last_resort", o->last_resort);
    json_out_bool(json, "is_always_on_call", o->hours_count == 0 && !o->has_calendar);
    json_out_bool(json, "is_contact", !entry.data);
    write_duty(w, index);
    raw(json, "document", entry);
    json_out_end_object(json);
}

static void operators(struct view_of *w)
{
    take_written(w, "dispatchers", LIMIT_OPERATORS);
    for (int i = 0; i < w->roster->operator_count; i++)
        write_operator(w, i);
}

static void operators_read(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        answer_list(v, operators);
}

void roster_parts_operators(struct visit *v)
{
    v->own = ARENA_NEW(v->arena, struct said);
    visit_look(v, read_duties, operators_read);
}

static void operator_read(struct visit *v)
{
    struct view_of w;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (!begin(v, &w))
        return;
    const int at = roster_operator_by_id(w.roster, v->param);
    if (at < 0) {
        not_found(v, "there is no operator with this id");
        return;
    }
    take_written(&w, "dispatchers", LIMIT_OPERATORS);
    write_operator(&w, at);
    roster_change_answer(v, 200, &w.out, w.now.version);
}

void roster_parts_operator(struct visit *v)
{
    v->own = ARENA_NEW(v->arena, struct said);
    visit_look(v, read_duties, operator_read);
}

/* ---- lines ---- */

static void lines(struct view_of *w)
{
    struct json_out *json = &w->json;

    for (int i = 0; i < w->roster->line_count; i++) {
        const struct line *line = &w->roster->lines[i];
        json_out_object(json, NULL);
        json_out_text(json, "number", span_of(line->number));
        json_out_text(json, "chain", span_of(w->roster->chains[line->chain].id));
        json_out_number(json, "texts_per_second", line->texts_per_second);
        json_out_number(json, "relays_per_minute", line->relays_per_minute);
        json_out_bool(json, "is_mms", line->mms);
        json_out_text_or_null(json, "help", line->help.size ? line->help : span_of(NULL));
        json_out_end_object(json);
    }
}

void roster_parts_lines(struct visit *v)
{
    answer_list(v, lines);
}

/* ---- overrides ---- */

static void overrides(struct view_of *w)
{
    const int64_t now_ms = engine_now_ms(w->v->site->engine);
    struct json_out *json = &w->json;

    take_written(w, "overrides", LIMIT_OVERRIDES);
    for (int i = 0; i < w->roster->override_count; i++) {
        const struct roster_override *o = &w->roster->overrides[i];
        const struct roster_operator *who = &w->roster->operators[o->operator_index];
        json_out_object(json, NULL);
        json_out_number(json, "n", i);
        json_out_text(json, "operator", span_of(who->id));
        json_out_text(json, "name", span_of(who->name));
        json_out_text_or_null(
            json, "instead_of",
            span_of(o->instead_of < 0 ? NULL : w->roster->operators[o->instead_of].id));
        instant(json, "from", o->when.from_ms);
        instant(json, "to", o->when.to_ms);
        if (o->instead_of < 0)
            json_out_bool(json, "is_on", o->on);
        else
            json_out_null(json, "is_on");
        json_out_bool(json, "is_over", o->when.to_ms <= now_ms);
        raw(json, "note", json_splice_get(written(w, i), SPAN("note")));
        json_out_end_object(json);
    }
}

void roster_parts_overrides(struct visit *v)
{
    answer_list(v, overrides);
}

/* ---- schedules ---- */

static void write_time(struct json_out *json, const char *key, struct arena *arena, int minutes)
{
    json_out_text(json, key, span_of(arena_printf(arena, "%02d:%02d", minutes / 60, minutes % 60)));
}

static void write_hours(struct view_of *w, const struct hours *h)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    struct json_out *json = &w->json;

    json_out_object(json, NULL);
    json_out_list(json, "days");
    for (int d = 0; d < 7; d++)
        if (h->days >> d & 1)
            json_out_text(json, NULL, span_of(days[d]));
    json_out_end_list(json);
    write_time(json, "from", w->v->arena, h->from_min);
    write_time(json, "to", w->v->arena, h->to_min);
    json_out_end_object(json);
}

static void write_schedule(struct view_of *w, const struct roster_operator *o)
{
    struct json_out *json = &w->json;

    json_out_object(json, NULL);
    json_out_text(json, "operator", span_of(o->id));
    json_out_text(json, "name", span_of(o->name));
    json_out_text(json, "time_zone", span_of(o->zone ? o->zone->name : "UTC"));
    json_out_bool(json, "is_always", o->hours_count == 0 && !o->has_calendar);
    json_out_bool(json, "has_calendar", o->has_calendar);
    json_out_list(json, "hours");
    for (int i = 0; i < o->hours_count; i++)
        write_hours(w, &o->hours[i]);
    json_out_end_list(json);
    json_out_list(json, "away");
    for (int i = 0; i < o->away_count; i++) {
        json_out_object(json, NULL);
        instant(json, "from", o->away[i].from_ms);
        instant(json, "to", o->away[i].to_ms);
        json_out_end_object(json);
    }
    json_out_end_list(json);
    json_out_end_object(json);
}

static void write_rotation(struct view_of *w, const struct rotation *r)
{
    int64_t at_ms = engine_now_ms(w->v->site->engine);
    struct json_out *json = &w->json;

    json_out_object(json, NULL);
    json_out_text(json, "id", span_of(r->id));
    json_out_text(json, "time_zone", span_of(r->zone ? r->zone->name : "UTC"));
    json_out_list(json, "operators");
    for (int i = 0; i < r->operator_count; i++)
        json_out_text(json, NULL, span_of(w->roster->operators[r->operators[i]].id));
    json_out_end_list(json);
    json_out_text(json, "holder", span_of(w->roster->operators[rotation_holder(r, at_ms)].id));
    json_out_list(json, "hand_overs");
    for (int i = 0; i < HAND_OVERS; i++) {
        at_ms = rotation_hand_over(r, at_ms);
        json_out_object(json, NULL);
        instant(json, "at", at_ms);
        json_out_text(json, "operator",
                      span_of(w->roster->operators[rotation_holder(r, at_ms)].id));
        json_out_end_object(json);
    }
    json_out_end_list(json);
    raw(json, "document",
        json_splice_get(json_splice_get(w->document, SPAN("rotations")), span_of(r->id)));
    json_out_end_object(json);
}

void roster_parts_schedules(struct visit *v)
{
    struct view_of w;

    if (!begin(v, &w))
        return;
    json_out_object(&w.json, NULL);
    json_out_list(&w.json, "items");
    for (int i = 0; i < w.roster->operator_count; i++)
        write_schedule(&w, &w.roster->operators[i]);
    json_out_end_list(&w.json);
    json_out_null(&w.json, "next");
    json_out_list(&w.json, "rotations");
    for (int i = 0; i < w.roster->rotation_count; i++)
        write_rotation(&w, &w.roster->rotations[i]);
    json_out_end_list(&w.json);
    json_out_end_object(&w.json);
    roster_change_answer(v, 200, &w.out, w.now.version);
}
