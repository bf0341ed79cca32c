#include "sql/sql_save.h"

#include "base/check.h"
#include "base/id.h"
#include "sql/sql_jobs.h"
#include "sql/sql_sweep.h"
#include "sql/sql_texts.h"

enum { CHOICES_SIZE = QUESTION_CHOICES * (ID_TEXT_SIZE + 1) };

static void put_plan(struct sql_query *q, const struct plan *plan, struct arena *scratch)
{
    sql_put_maybe_span(q, plan ? plan_render(scratch, plan) : (struct span){0});
}

/* Adds or changes, by the same values. */
static void write_row(struct sql_query *q, bool fresh)
{
    if (fresh)
        sql_run(q);
    else
        sql_change(q);
}

static void save_claim(struct sql *sql, const struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_CLAIM_ADD);

    sql_put(q, fact->tenant);
    sql_put_span(q, fact->key);
    sql_put(q, fact->claim.event);
    sql_put_maybe_span(q, fact->claim.answer);
    sql_run(q);
}

static void save_thread(struct sql *sql, const struct thread *t, bool fresh)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_THREAD_ADD : TEXT_THREAD_CHANGE);

    sql_put(q, t->tenant);
    sql_put(q, t->id);
    sql_put_text(q, t->line);
    sql_put_text(q, t->customer);
    sql_put(q, t->opened_ms);
    sql_put(q, t->last_ms);
    sql_put_maybe_text(q, t->owner);
    sql_put_maybe_text(q, t->job);
    sql_put(q, t->closed);
    sql_put_maybe(q, t->relay);
    sql_put_maybe(q, t->closed_text_ms);
    sql_put_maybe(q, t->closes_ms);
    sql_put_maybe(q, t->heard_ms);
    sql_put_maybe(q, t->heard_print);
    sql_put_maybe(q, t->burst_ms);
    sql_put(q, t->burst);
    write_row(q, fresh);
}

static void save_relay(struct sql *sql, const struct relay *r, bool fresh, struct arena *scratch)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_RELAY_ADD : TEXT_RELAY_CHANGE);

    sql_put(q, r->tenant);
    sql_put(q, r->id);
    sql_put(q, r->thread);
    sql_put_text(q, relay_kind_name(r->kind));
    sql_put(q, r->raised_ms);
    sql_put_maybe(q, r->message);
    sql_put_maybe(q, r->cascade);
    sql_put_text(q, relay_state_name(r->state));
    sql_put(q, r->step);
    sql_put_maybe(q, r->due_ms);
    sql_put_span(q, r->body);
    put_plan(q, r->plan, scratch);
    sql_put_maybe_text(q, r->acked_by);
    sql_put_maybe(q, r->forwarded_to_primary_at);
    sql_put_maybe(q, r->primary_ack_at);
    sql_put_maybe(q, r->forwarded_to_backup_at);
    sql_put_maybe(q, r->acked_at);
    sql_put_maybe_text(q, final_status_name(r->final_status));
    write_row(q, fresh);
}

static void save_cascade(struct sql *sql, const struct cascade *c, bool fresh,
                         struct arena *scratch)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_CASCADE_ADD : TEXT_CASCADE_CHANGE);

    sql_put(q, c->tenant);
    sql_put(q, c->id);
    sql_put_maybe(q, c->thread);
    sql_put_text(q, c->account);
    sql_put_text(q, c->call_sid);
    sql_put_text(q, c->line);
    sql_put_text(q, c->caller);
    sql_put_maybe_text(q, c->job);
    sql_put(q, c->started_ms);
    sql_put_text(q, cascade_state_name(c->state));
    sql_put_text(q, outcome_name(c->outcome));
    sql_put(q, c->attempt);
    sql_put(q, c->ring_s);
    sql_put_maybe(q, c->due_ms);
    sql_put_maybe(q, c->accepted_ms);
    sql_put_maybe(q, c->ended_ms);
    sql_put_maybe_text(q, c->accepted_by);
    sql_put_maybe_text(q, c->leg_sid);
    put_plan(q, c->plan, scratch);
    sql_put_maybe_span(q, c->recording);
    sql_put_maybe(q, c->recording_s);
    sql_put_maybe(q, c->relay);
    sql_put(q, c->round);
    sql_put_maybe(q, c->rang_ms);
    sql_put_maybe_span(q, c->transcript);
    sql_put(q, c->shows_line);
    sql_put_maybe(q, c->turn_ms);
    sql_put_maybe(q, c->added_ms);
    sql_put_maybe(q, c->watch_ms);
    sql_put(q, c->conference);
    sql_put_maybe(q, c->waits_ms);
    write_row(q, fresh);
}

static struct sql_query *put_message(struct sql *sql, int text, const struct message *m)
{
    struct sql_query *q = sql_use(sql, text);

    sql_put(q, m->tenant);
    sql_put(q, m->id);
    sql_put_maybe(q, m->thread);
    sql_put_text(q, direction_name(m->direction));
    sql_put_text(q, origin_name(m->origin));
    sql_put_text(q, message_kind_name(m->kind));
    sql_put_text(q, m->from);
    sql_put_text(q, m->to);
    sql_put_text(q, m->customer);
    sql_put_maybe_text(q, m->operator_id);
    sql_put_maybe_text(q, m->job);
    sql_put(q, m->at_ms);
    sql_put_maybe(q, m->relay);
    sql_put_maybe(q, m->cascade);
    sql_put_text(q, delivery_name(m->delivery));
    sql_put_maybe(q, m->error_code);
    sql_put_span(q, m->body);
    sql_put_maybe_span(q, m->media);
    sql_put_maybe_text(q, m->sid);
    sql_put(q, m->late);
    sql_put(q, m->duplicate);
    return q;
}

static void save_message(struct sql *sql, const struct message *m, bool fresh)
{
    if (fresh)
        sql_run(put_message(sql, TEXT_MESSAGE_ADD, m));
    else /* a sid is bound once and stands in an index; most changes leave it alone */
        sql_change(put_message(sql, m->binds ? TEXT_MESSAGE_BIND : TEXT_MESSAGE_CHANGE, m));
}

static void drop_outbox(struct sql *sql, const struct outbox *o)
{
    struct sql_query *q = sql_use(sql, TEXT_OUTBOX_DROP);

    sql_put(q, o->tenant);
    sql_put(q, o->id);
    sql_run(q);
}

/* Number 0 is a node like any other, so its incarnation tells whether there is one. */
static void put_sender(struct sql_query *q, const struct outbox *o)
{
    const bool has_one = o->state == OUTBOX_SENDING && o->incarnation;

    if (has_one)
        sql_put(q, o->node);
    else
        sql_put_maybe(q, 0);
    sql_put_maybe(q, has_one ? o->incarnation : 0);
}

static void save_outbox(struct sql *sql, const struct outbox *o, bool fresh)
{
    if (o->gone) {
        if (!fresh)
            drop_outbox(sql, o);
        return;
    }
    struct sql_query *q = sql_use(sql, fresh ? TEXT_OUTBOX_ADD : TEXT_OUTBOX_CHANGE);
    sql_put(q, o->tenant);
    sql_put(q, o->id);
    sql_put_text(q, outbox_kind_name(o->kind));
    sql_put_text(q, o->from);
    sql_put_text(q, outbox_class_name(o->class));
    sql_put_text(q, outbox_state_name(o->state));
    sql_put(q, o->due_ms);
    sql_put_text(q, o->account);
    sql_put_text(q, o->to);
    sql_put_span(q, o->body);
    sql_put_maybe(q, o->cascade);
    sql_put_maybe(q, o->expires_ms);
    sql_put(q, o->fence);
    sql_put(q, o->attempt);
    sql_put_maybe_span(q, o->media);
    sql_put_maybe(q, o->sent_ms);
    sql_put_maybe(q, o->unsure_ms);
    sql_put(q, o->again);
    sql_put_maybe(q, o->has_rung ? o->rung + 1 : 0);
    put_sender(q, o);
    write_row(q, fresh);
}

static void save_link(struct sql *sql, const struct link *l, bool fresh)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_LINK_ADD : TEXT_LINK_CHANGE);

    sql_put_blob(q, l->hash, sizeof l->hash);
    sql_put(q, l->tenant);
    sql_put_text(q, link_purpose_name(l->purpose));
    sql_put(q, l->subject);
    sql_put_maybe_text(q, l->operator_id);
    sql_put(q, l->expires_ms);
    sql_put_maybe(q, l->used_ms);
    write_row(q, fresh);
}

static void save_consent(struct sql *sql, const struct consent *c, bool fresh)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_CONSENT_ADD : TEXT_CONSENT_CHANGE);

    sql_put(q, c->tenant);
    sql_put_text(q, c->line);
    sql_put_text(q, c->person);
    sql_put(q, c->is_out);
    sql_put(q, c->at_ms);
    write_row(q, fresh);
}

static void save_party(struct sql *sql, const struct party *p)
{
    struct sql_query *q = sql_use(sql, TEXT_PARTY_PUT);

    sql_put(q, p->tenant);
    sql_put_text(q, p->number);
    sql_put_maybe_text(q, p->name);
    sql_put_text(q, line_type_name(p->line_type));
    sql_put_maybe(q, p->name_ms);
    sql_put_maybe(q, p->line_type_ms);
    sql_put_maybe(q, p->again_ms);
    sql_run(q);
}

static struct span render_choices(const struct question *a, char out[CHOICES_SIZE])
{
    size_t size = 0;

    CHECK(a->thread_count <= QUESTION_CHOICES);
    for (size_t i = 0; i < a->thread_count; i++) {
        if (size)
            out[size++] = ' ';
        id_render(a->threads[i], out + size);
        size += ID_TEXT_SIZE;
    }
    return (struct span){out, size};
}

static void drop_question(struct sql *sql, const struct question *a)
{
    struct sql_query *q = sql_use(sql, TEXT_QUESTION_DROP);

    sql_put(q, a->tenant);
    sql_put_text(q, a->operator_id);
    sql_run(q);
}

/* An operator has one at most: the next one takes the place of the one that was there. */
static void save_question(struct sql *sql, const struct question *a)
{
    char choices[CHOICES_SIZE];

    if (a->gone) {
        drop_question(sql, a);
        return;
    }
    struct sql_query *q = sql_use(sql, TEXT_QUESTION_PUT);
    sql_put(q, a->tenant);
    sql_put_text(q, a->operator_id);
    sql_put_text(q, question_kind_name(a->kind));
    sql_put_text(q, a->line);
    sql_put(q, a->message);
    sql_put(q, a->due_ms);
    sql_put_maybe_text(q, a->tag);
    sql_put_span(q, a->body);
    sql_put_maybe_span(q, a->media);
    sql_put_maybe_span(q, render_choices(a, choices));
    sql_run(q);
}

static void save_call_event(struct sql *sql, const struct call_event *row)
{
    struct sql_query *q = sql_use(sql, TEXT_CALL_EVENT_ADD);

    sql_put(q, row->tenant);
    sql_put(q, row->id);
    sql_put_maybe(q, row->cascade);
    sql_put(q, row->at_ms);
    sql_put_text(q, row->call_sid);
    sql_put_text(q, row->kind);
    sql_put_maybe_text(q, row->line);
    sql_put_maybe_text(q, row->caller);
    sql_put_maybe_text(q, row->operator_id);
    if (row->attempt >= 0)
        sql_put(q, row->attempt);
    else
        sql_put_maybe(q, 0);
    sql_put_maybe_span(q, row->detail);
    sql_run(q);
}

static void save_timer(struct sql *sql, const struct timer *t)
{
    struct sql_query *q = sql_use(sql, t->gone ? TEXT_TIMER_DROP : TEXT_TIMER_ADD);

    sql_put(q, t->due_ms);
    sql_put(q, t->tenant);
    sql_put_text(q, timer_kind_name(t->kind));
    sql_put(q, t->subject);
    sql_run(q);
}

static void save_tag(struct sql *sql, const struct tag *t)
{
    struct sql_query *q = sql_use(sql, TEXT_TAG_PUT);

    sql_put(q, t->tenant);
    sql_put_text(q, t->operator_id);
    sql_put_text(q, t->tag);
    sql_put(q, t->thread);
    sql_put(q, t->sent_ms);
    sql_put_maybe_text(q, t->line);
    sql_run(q);
}

static void save_duty(struct sql *sql, const struct duty *d)
{
    struct sql_query *q = sql_use(sql, TEXT_DUTY_PUT);

    sql_put(q, d->tenant);
    sql_put_text(q, d->operator_id);
    sql_put_text(q, duty_state_name(d->state));
    sql_put_maybe(q, d->since_ms);
    sql_put_maybe(q, d->until_ms);
    sql_put(q, d->wrong_tags);
    sql_put_maybe(q, d->wrong_ms);
    sql_put_maybe(q, d->locked_ms);
    sql_put_maybe(q, d->shift_ms);
    sql_put_maybe(q, d->shift_id);
    sql_put_maybe(q, d->shift_due_ms);
    sql_run(q);
}

static void save_fact(struct sql *sql, const struct fact *fact, struct arena *scratch)
{
    switch (fact->kind) {
    case FACT_CLAIM:
        save_claim(sql, fact);
        break;
    case FACT_THREAD:
        save_thread(sql, fact->thread, fact->fresh);
        break;
    case FACT_RELAY:
        save_relay(sql, fact->relay, fact->fresh, scratch);
        break;
    case FACT_CASCADE:
        save_cascade(sql, fact->cascade, fact->fresh, scratch);
        break;
    case FACT_MESSAGE:
        save_message(sql, fact->message, fact->fresh);
        break;
    case FACT_OUTBOX:
        save_outbox(sql, fact->outbox, fact->fresh);
        break;
    case FACT_LINK:
        save_link(sql, fact->link, fact->fresh);
        break;
    case FACT_CONSENT:
        save_consent(sql, fact->consent, fact->fresh);
        break;
    case FACT_QUESTION:
        save_question(sql, fact->question);
        break;
    case FACT_PARTY:
        save_party(sql, fact->party);
        break;
    case FACT_JOB:
        sql_jobs_save(sql, fact->job, fact->fresh, scratch);
        break;
    case FACT_CUSTOMER_JOBS:
    case FACT_CREW_JOBS:
    case FACT_BURDEN:
    case FACT_DESK: /* its tags are appended rows */
    case FACT_DUTIES:
    case FACT_IDLE:
    case FACT_LIVE:
    case FACT_WAITING:
    case FACT_KINDS:
        break;
    }
}

static void save_appended(struct sql *sql, struct sql_log *log, struct id_maker *ids,
                          const struct appended *row)
{
    switch (row->kind) {
    case APPEND_EVENT:
        sql_log_add(log, sql, ids, &row->event);
        break;
    case APPEND_CALL_EVENT:
        save_call_event(sql, &row->call_event);
        break;
    case APPEND_TIMER:
        save_timer(sql, &row->timer);
        break;
    case APPEND_TAG:
        save_tag(sql, &row->tag);
        break;
    case APPEND_DUTY:
        save_duty(sql, &row->duty);
        break;
    case APPEND_SPENT:
        sql_sweep_save_spent(sql, &row->spent);
        break;
    }
}

bool sql_save_is_needed(const struct facts *facts)
{
    if (facts->added)
        return true;
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if (fact->fresh || fact->dirty)
            return true;
    return false;
}

void sql_save(struct sql *sql, struct sql_log *log, const struct facts *facts,
              struct arena *scratch)
{
    /* Threads first: a relay is written with its thread's customer. */
    for (const struct fact *fact = facts->first; fact && !sql_err(sql); fact = fact->next)
        if ((fact->fresh || fact->dirty) && fact->kind == FACT_THREAD)
            save_fact(sql, fact, scratch);
    for (const struct fact *fact = facts->first; fact && !sql_err(sql); fact = fact->next)
        if ((fact->fresh || fact->dirty) && fact->kind != FACT_THREAD)
            save_fact(sql, fact, scratch);
    for (const struct appended *row = facts->added; row && !sql_err(sql); row = row->next)
        save_appended(sql, log, facts->ids, row);
}
