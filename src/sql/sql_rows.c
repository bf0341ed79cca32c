#include "sql/sql_rows.h"

#include "base/id.h"
#include "model/fact_list.h"
#include "sql/sql_jobs.h"

static struct plan *get_plan(struct sql_query *q, struct arena *arena)
{
    const struct span text = sql_get_span(q);

    if (!text.size)
        return NULL;
    struct plan *plan = ARENA_NEW(arena, struct plan);
    if (plan_parse(text, plan))
        sql_bad_column(q);
    return plan;
}

struct tag sql_rows_tag(struct sql_query *q)
{
    struct tag tag = {0};

    SQL_GET_TEXT(q, tag.tag);
    tag.thread = sql_get(q);
    tag.sent_ms = sql_get(q);
    SQL_GET_TEXT(q, tag.line);
    return tag;
}

struct duty sql_rows_duty(struct sql_query *q)
{
    struct duty d = {.tenant = (int32_t)sql_get(q)};

    SQL_GET_TEXT(q, d.operator_id);
    SQL_GET_NAME(q, duty_state, d.state);
    d.since_ms = sql_get(q);
    d.until_ms = sql_get(q);
    d.wrong_tags = (int32_t)sql_get(q);
    d.wrong_ms = sql_get(q);
    d.locked_ms = sql_get(q);
    d.shift_ms = sql_get(q);
    d.shift_id = sql_get(q);
    d.shift_due_ms = sql_get(q);
    return d;
}

struct timer sql_rows_timer(struct sql_query *q)
{
    struct timer t = {.due_ms = sql_get(q)};

    t.tenant = (int32_t)sql_get(q);
    SQL_GET_NAME(q, timer_kind, t.kind);
    t.subject = sql_get(q);
    return t;
}

struct spent sql_rows_spent(struct sql_query *q)
{
    struct spent s = {.tenant = (int32_t)sql_get(q)};

    s.day = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, s.what);
    s.count = (int32_t)sql_get(q);
    return s;
}

void *sql_rows_thread(struct sql_query *q, struct arena *arena)
{
    struct thread *t = ARENA_NEW(arena, struct thread);

    t->tenant = (int32_t)sql_get(q);
    t->id = sql_get(q);
    SQL_GET_TEXT(q, t->line);
    SQL_GET_TEXT(q, t->customer);
    t->opened_ms = sql_get(q);
    t->last_ms = sql_get(q);
    SQL_GET_TEXT(q, t->owner);
    SQL_GET_TEXT(q, t->job);
    t->closed = sql_get(q);
    t->relay = sql_get(q);
    t->closed_text_ms = sql_get(q);
    t->closes_ms = sql_get(q);
    t->heard_ms = sql_get(q);
    t->heard_print = sql_get(q);
    t->burst_ms = sql_get(q);
    t->burst = (int32_t)sql_get(q);
    return t;
}

void *sql_rows_relay(struct sql_query *q, struct arena *arena)
{
    struct relay *r = ARENA_NEW(arena, struct relay);

    r->tenant = (int32_t)sql_get(q);
    r->id = sql_get(q);
    r->thread = sql_get(q);
    SQL_GET_NAME(q, relay_kind, r->kind);
    r->raised_ms = sql_get(q);
    r->message = sql_get(q);
    r->cascade = sql_get(q);
    SQL_GET_NAME(q, relay_state, r->state);
    r->step = (uint8_t)sql_get(q);
    r->due_ms = sql_get(q);
    r->body = sql_get_copy(q, arena);
    r->plan = get_plan(q, arena);
    SQL_GET_TEXT(q, r->acked_by);
    r->forwarded_to_primary_at = sql_get(q);
    r->primary_ack_at = sql_get(q);
    r->forwarded_to_backup_at = sql_get(q);
    r->acked_at = sql_get(q);
    SQL_GET_NAME(q, final_status, r->final_status);
    return r;
}

void *sql_rows_cascade(struct sql_query *q, struct arena *arena)
{
    struct cascade *c = ARENA_NEW(arena, struct cascade);

    c->tenant = (int32_t)sql_get(q);
    c->id = sql_get(q);
    c->thread = sql_get(q);
    SQL_GET_TEXT(q, c->account);
    SQL_GET_TEXT(q, c->call_sid);
    SQL_GET_TEXT(q, c->line);
    SQL_GET_TEXT(q, c->caller);
    SQL_GET_TEXT(q, c->job);
    c->started_ms = sql_get(q);
    SQL_GET_NAME(q, cascade_state, c->state);
    SQL_GET_NAME(q, outcome, c->outcome);
    c->attempt = (uint8_t)sql_get(q);
    c->ring_s = (uint16_t)sql_get(q);
    c->due_ms = sql_get(q);
    c->accepted_ms = sql_get(q);
    c->ended_ms = sql_get(q);
    SQL_GET_TEXT(q, c->accepted_by);
    SQL_GET_TEXT(q, c->leg_sid);
    c->plan = get_plan(q, arena);
    c->recording = sql_get_copy(q, arena);
    c->recording_s = (int32_t)sql_get(q);
    c->relay = sql_get(q);
    c->round = (uint8_t)sql_get(q);
    c->rang_ms = sql_get(q);
    c->transcript = sql_get_copy(q, arena);
    c->shows_line = sql_get(q);
    c->turn_ms = sql_get(q);
    c->added_ms = sql_get(q);
    c->watch_ms = sql_get(q);
    c->conference = sql_get(q);
    c->waits_ms = sql_get(q);
    return c;
}

void *sql_rows_message(struct sql_query *q, struct arena *arena)
{
    struct message *m = ARENA_NEW(arena, struct message);

    m->tenant = (int32_t)sql_get(q);
    m->id = sql_get(q);
    m->thread = sql_get(q);
    SQL_GET_NAME(q, direction, m->direction);
    SQL_GET_NAME(q, origin, m->origin);
    SQL_GET_NAME(q, message_kind, m->kind);
    SQL_GET_TEXT(q, m->from);
    SQL_GET_TEXT(q, m->to);
    SQL_GET_TEXT(q, m->customer);
    SQL_GET_TEXT(q, m->operator_id);
    SQL_GET_TEXT(q, m->job);
    m->at_ms = sql_get(q);
    m->relay = sql_get(q);
    m->cascade = sql_get(q);
    SQL_GET_NAME(q, delivery, m->delivery);
    m->error_code = (int32_t)sql_get(q);
    m->body = sql_get_copy(q, arena);
    m->media = sql_get_copy(q, arena);
    SQL_GET_TEXT(q, m->sid);
    m->late = sql_get(q);
    m->duplicate = sql_get(q);
    return m;
}

void *sql_rows_outbox(struct sql_query *q, struct arena *arena)
{
    struct outbox *o = ARENA_NEW(arena, struct outbox);

    o->tenant = (int32_t)sql_get(q);
    o->id = sql_get(q);
    SQL_GET_NAME(q, outbox_kind, o->kind);
    SQL_GET_TEXT(q, o->from);
    SQL_GET_NAME(q, outbox_class, o->class);
    SQL_GET_NAME(q, outbox_state, o->state);
    o->due_ms = sql_get(q);
    SQL_GET_TEXT(q, o->account);
    SQL_GET_TEXT(q, o->to);
    o->body = sql_get_copy(q, arena);
    o->cascade = sql_get(q);
    o->expires_ms = sql_get(q);
    o->fence = (int32_t)sql_get(q);
    o->attempt = (int32_t)sql_get(q);
    o->media = sql_get_copy(q, arena);
    o->sent_ms = sql_get(q);
    o->unsure_ms = sql_get(q);
    o->again = sql_get(q);
    const int64_t rung = sql_get(q); /* from 1; null: none */
    o->has_rung = rung > 0;
    o->rung = rung > 0 ? (uint8_t)(rung - 1) : 0;
    o->node = (int32_t)sql_get(q);
    o->incarnation = sql_get(q);
    return o;
}

void *sql_rows_job(struct sql_query *q, struct arena *arena)
{
    return sql_jobs_get(q, arena);
}

void *sql_rows_link(struct sql_query *q, struct arena *arena)
{
    struct link *l = ARENA_NEW(arena, struct link);

    sql_get_blob(q, l->hash, sizeof l->hash);
    l->tenant = (int32_t)sql_get(q);
    SQL_GET_NAME(q, link_purpose, l->purpose);
    l->subject = sql_get(q);
    SQL_GET_TEXT(q, l->operator_id);
    l->expires_ms = sql_get(q);
    l->used_ms = sql_get(q);
    return l;
}

void *sql_rows_consent(struct sql_query *q, struct arena *arena)
{
    struct consent *c = ARENA_NEW(arena, struct consent);

    c->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, c->line);
    SQL_GET_TEXT(q, c->person);
    c->is_out = sql_get(q);
    c->at_ms = sql_get(q);
    return c;
}

void *sql_rows_party(struct sql_query *q, struct arena *arena)
{
    struct party *p = ARENA_NEW(arena, struct party);

    p->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, p->number);
    SQL_GET_TEXT(q, p->name);
    SQL_GET_NAME(q, line_type, p->line_type);
    p->name_ms = sql_get(q);
    p->line_type_ms = sql_get(q);
    p->again_ms = sql_get(q);
    return p;
}

static void get_choices(struct sql_query *q, struct question *out)
{
    struct span rest = sql_get_span(q);

    while (rest.size) {
        const struct span one = span_cut(rest, ' ', &rest);
        if (out->thread_count == QUESTION_CHOICES ||
            !id_parse(one, &out->threads[out->thread_count])) {
            sql_bad_column(q);
            return;
        }
        out->thread_count++;
    }
}

void *sql_rows_question(struct sql_query *q, struct arena *arena)
{
    struct question *a = ARENA_NEW(arena, struct question);

    a->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, a->operator_id);
    SQL_GET_NAME(q, question_kind, a->kind);
    SQL_GET_TEXT(q, a->line);
    a->message = sql_get(q);
    a->due_ms = sql_get(q);
    SQL_GET_TEXT(q, a->tag);
    a->body = sql_get_copy(q, arena);
    a->media = sql_get_copy(q, arena);
    get_choices(q, a);
    return a;
}

void *sql_rows_claim(struct sql_query *q, struct arena *arena)
{
    struct claim_fact *claimed = ARENA_NEW(arena, struct claim_fact);

    claimed->event = sql_get(q);
    claimed->answer = sql_get_copy(q, arena);
    return claimed;
}
