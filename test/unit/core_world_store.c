#include "core_world_store.h"

#include <stdio.h>

#include "model/fact_list.h"

struct world_row *world_store_find(const struct world *w, enum fact_kind kind, int32_t tenant,
                                   int64_t id, struct span key)
{
    char pair[LIMIT_NUMBER_SIZE + LIMIT_PARTY_SIZE];

    for (struct world_row *r = w->rows; r; r = r->next) {
        if (r->kind != kind || r->tenant != tenant)
            continue;
        if (id ? r->id == id : r->key.size && span_is(r->key, key))
            return r;
        if (!id && kind == FACT_CASCADE &&
            span_is_text(key, ((const struct cascade *)r->row)->call_sid))
            return r;
        if (!id && kind == FACT_MESSAGE) {
            const struct message *m = r->row;
            if (m->direction == DIRECTION_OUT && key.size && span_is_text(key, m->sid))
                return r;
        }
        if (!id && kind == FACT_JOB && span_is_text(key, ((const struct job *)r->row)->job_id))
            return r;
        if (!id && kind == FACT_THREAD) {
            const struct thread *t = r->row;
            (void)snprintf(pair, sizeof pair, "%s %s", t->line, t->customer);
            if (span_is_text(key, pair))
                return r;
        }
    }
    return NULL;
}

struct desk *world_store_desk(struct world *w, int32_t tenant, struct span operator_id)
{
    struct desk *desk = ARENA_NEW(w->arena, struct desk);
    struct facts *f = &w->facts;

    context_set(desk->operator_id, sizeof desk->operator_id, operator_id);
    for (const struct appended *a = w->added; a; a = a->next) {
        if (a->kind != APPEND_TAG || a->tag.tenant != tenant ||
            !span_is_text(operator_id, a->tag.operator_id))
            continue;
        size_t i = 0;
        while (i < desk->count && strcmp(desk->tags[i].tag, a->tag.tag) != 0)
            i++;
        if (i == desk->count)
            fact_list_fill_desk(f, desk, &a->tag);
        for (; i > 0; i--) /* the latest first */
            desk->tags[i] = desk->tags[i - 1];
        desk->tags[0] = a->tag;
    }
    return desk;
}

static struct duties *load_duties(struct world *w, int32_t tenant)
{
    struct duties *duties = ARENA_NEW(w->arena, struct duties);

    for (const struct appended *a = w->added; a; a = a->next) {
        if (a->kind != APPEND_DUTY || a->duty.tenant != tenant)
            continue;
        size_t i = 0;
        while (i < duties->count && strcmp(duties->rows[i].operator_id, a->duty.operator_id) != 0)
            i++;
        if (i == duties->count)
            fact_list_fill_duties(&w->facts, duties, &a->duty);
        duties->rows[i] = a->duty;
    }
    return duties;
}

static struct idle *load_idle(struct world *w, int32_t tenant)
{
    struct idle *idle = ARENA_NEW(w->arena, struct idle);

    for (const struct world_row *r = w->rows; r; r = r->next)
        if (r->kind == FACT_RELAY && r->tenant == tenant &&
            ((const struct relay *)r->row)->state == RELAY_IDLE && idle->count < LIMIT_IDLE)
            fact_list_fill_idle(&w->facts, idle, r->id);
    return idle;
}

static struct live *load_live(struct world *w, const struct fact *fact)
{
    struct live *live = ARENA_NEW(w->arena, struct live);

    for (const struct world_row *r = w->rows; r; r = r->next) {
        const struct cascade *k = r->row;
        if (r->kind == FACT_CASCADE && r->tenant == fact->tenant && k->state == CASCADE_RINGING &&
            (!fact->key.size || span_is_text(fact->key, k->caller)))
            fact_list_fill_live(&w->facts, live, r->id);
    }
    return live;
}

static int64_t *load_waiting(struct world *w, const struct fact *fact)
{
    int64_t *last = ARENA_NEW(w->arena, int64_t);

    for (const struct world_row *r = w->rows; r; r = r->next) {
        const struct relay *relay = r->row;
        if (r->kind != FACT_RELAY || r->tenant != fact->tenant || relay->kind == RELAY_TEXT ||
            (relay->state != RELAY_IDLE && relay->state != RELAY_OPEN))
            continue;
        const struct world_row *t =
            world_store_find(w, FACT_THREAD, r->tenant, relay->thread, (struct span){0});
        if (t && span_is_text(fact->key, ((const struct thread *)t->row)->line))
            *last = r->id;
    }
    return last;
}

static struct job_list *load_jobs(struct world *w, const struct fact *fact)
{
    struct job_list *list = ARENA_NEW(w->arena, struct job_list);

    for (const struct world_row *r = w->rows; r; r = r->next) {
        const struct job *j = r->row;
        if (r->kind != FACT_JOB || r->tenant != fact->tenant || job_is_over(j))
            continue;
        if (fact->kind == FACT_CREW_JOBS ? job_crew_find(j, fact->key) >= 0
                                         : span_is_text(fact->key, j->customer)) {
            fact_list_fill_jobs(&w->facts, list, r->id);
            facts_want_id(&w->facts, FACT_JOB, r->tenant, r->id);
        }
    }
    return list;
}

static int64_t *load_burden(struct world *w, const struct fact *fact)
{
    int64_t *count = ARENA_NEW(w->arena, int64_t);

    for (const struct world_row *r = w->rows; r; r = r->next) {
        const struct thread *t = r->row;
        *count += r->kind == FACT_THREAD && r->tenant == fact->tenant && !t->closed &&
                  span_is_text(fact->key, t->owner);
    }
    return count;
}

static bool is_gone(const struct world_row *r)
{
    return (r->kind == FACT_OUTBOX && ((const struct outbox *)r->row)->gone) ||
           (r->kind == FACT_QUESTION && ((const struct question *)r->row)->gone);
}

static void *load_list(struct world *w, const struct fact *fact)
{
    if (fact->kind == FACT_DESK)
        return world_store_desk(w, fact->tenant, fact->key);
    if (fact->kind == FACT_DUTIES)
        return load_duties(w, fact->tenant);
    if (fact->kind == FACT_LIVE)
        return load_live(w, fact);
    if (fact->kind == FACT_WAITING)
        return load_waiting(w, fact);
    if (fact->kind == FACT_CUSTOMER_JOBS || fact->kind == FACT_CREW_JOBS)
        return load_jobs(w, fact);
    if (fact->kind == FACT_BURDEN)
        return load_burden(w, fact);
    return fact->kind == FACT_IDLE ? (void *)load_idle(w, fact->tenant) : NULL;
}

/* What comes along with a row, and what of it is not kept. */
static void load_along(struct world *w, struct world_row *r)
{
    if (r->kind == FACT_CASCADE && ((const struct cascade *)r->row)->thread)
        facts_want_id(&w->facts, FACT_THREAD, r->tenant, ((const struct cascade *)r->row)->thread);
    if (r->kind == FACT_THREAD) {
        const struct thread *t = r->row;
        facts_want_party(&w->facts, r->tenant, span_of(t->customer));
        if (t->job[0])
            facts_want_job(&w->facts, r->tenant, span_of(t->job));
    }
    if (r->kind != FACT_PARTY)
        return;
    struct party *p = r->row;
    p->ask_name = p->ask_line_type = false;
    r->print = world_store_print(FACT_PARTY, p);
}

void world_store_load(struct world *w)
{
    for (struct fact *fact = w->facts.first; fact; fact = fact->next) {
        if (fact->state != FACT_WANTED)
            continue;
        void *list = load_list(w, fact);
        if (list) {
            facts_settle(&w->facts, fact, list);
            continue;
        }
        struct world_row *r = world_store_find(w, fact->kind, fact->tenant, fact->id, fact->key);
        if (r)
            load_along(w, r);
        facts_settle(&w->facts, fact, r && !is_gone(r) ? r->row : NULL);
    }
    w->facts.short_of = false;
}

static uint64_t mix(uint64_t h, const void *data, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return h;
}

static uint64_t print_plan(uint64_t h, const struct plan *p)
{
    h = mix(h, p->rungs, p->count * sizeof p->rungs[0]);
    return mix(h, p->out, p->out_count * sizeof p->out[0]);
}

uint64_t world_store_print(enum fact_kind kind, const void *row)
{
    const uint64_t h = 14695981039346656037u;

    switch (kind) {
    case FACT_THREAD:
        return mix(h, row, sizeof(struct thread));
    case FACT_RELAY:
        return print_plan(mix(h, row, sizeof(struct relay)), ((const struct relay *)row)->plan);
    case FACT_CASCADE:
        return print_plan(mix(h, row, sizeof(struct cascade)), ((const struct cascade *)row)->plan);
    case FACT_MESSAGE:
        return mix(h, row, sizeof(struct message));
    case FACT_OUTBOX:
        return mix(h, row, sizeof(struct outbox));
    case FACT_LINK:
        return mix(h, row, sizeof(struct link));
    case FACT_CONSENT:
        return mix(h, row, sizeof(struct consent));
    case FACT_QUESTION:
        return mix(h, row, sizeof(struct question));
    case FACT_PARTY:
        return mix(h, row, sizeof(struct party));
    case FACT_JOB:
        return mix(h, row, sizeof(struct job));
    case FACT_CUSTOMER_JOBS:
    case FACT_CREW_JOBS:
    case FACT_BURDEN:
    case FACT_CLAIM:
    case FACT_DESK:
    case FACT_DUTIES:
    case FACT_IDLE:
    case FACT_LIVE:
    case FACT_WAITING:
    case FACT_KINDS:
        break;
    }
    return h;
}

static void add_row(struct world *w, const struct fact *fact)
{
    struct world_row *r = ARENA_NEW(w->arena, struct world_row);

    *r = (struct world_row){.kind = fact->kind, .tenant = fact->tenant, .id = fact->id};
    r->key = fact->key;
    r->row = fact->row;
    if (fact->kind == FACT_CLAIM) {
        struct claim_fact *claim = ARENA_NEW(w->arena, struct claim_fact);
        claim->event = fact->claim.event;
        claim->answer = arena_copy(w->arena, fact->claim.answer);
        r->row = claim;
    }
    r->print = world_store_print(fact->kind, r->row);
    *w->rows_last = r;
    w->rows_last = &r->next;
    w->changes++;
}

static void save_row(struct world *w, const struct fact *fact)
{
    struct world_row *old = world_store_find(w, fact->kind, fact->tenant, fact->id, fact->key);

    if (!old) {
        assert_true(fact->fresh);
        if (fact->kind == FACT_CASCADE)
            assert_null(world_store_find(w, FACT_CASCADE, fact->tenant, 0,
                                         span_of(fact->cascade->call_sid)));
        add_row(w, fact);
        return;
    }
    if (is_gone(old) && fact->fresh) { /* asked again after an answer */
        old->row = fact->row;
        old->print = 0;
    }
    assert_true(!fact->fresh || old->print == 0); /* else it would be inserted twice */
    const uint64_t print = world_store_print(fact->kind, old->row);
    if (print == old->print)
        return;
    if (!fact->dirty && !fact->fresh)
        fail_msg("a row of kind %d has changed and is not marked", (int)fact->kind);
    old->print = print;
    w->changes++;
}

static void save_timer(struct world *w, const struct timer *timer)
{
    size_t i = 0;

    while (i < w->timer_count &&
           !(w->timers[i].due_ms == timer->due_ms && w->timers[i].kind == timer->kind &&
             w->timers[i].subject == timer->subject))
        i++;
    if (timer->gone) {
        if (i < w->timer_count)
            w->timers[i] = w->timers[--w->timer_count];
        return;
    }
    if (i < w->timer_count && !timer->subject)
        return; /* of the tenant: put anew whenever it is looked */
    assert_true(i == w->timer_count && i < WORLD_TIMERS);
    w->timers[w->timer_count++] = *timer;
    w->changes++;
}

void world_commit(struct world *w)
{
    struct facts *f = &w->facts;

    for (const struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->state == FACT_PRESENT && !fact->same && !fact_list_is(fact->kind) &&
            (fact->kind != FACT_CLAIM || fact->fresh))
            save_row(w, fact);
    for (const struct appended *a = f->added; a; a = a->next) {
        if (a->kind == APPEND_TIMER)
            save_timer(w, &a->timer);
        else
            w->changes++;
    }
    if (f->added) {
        *w->added_last = f->added;
        w->added_last = f->added_last;
    }
    facts_init(f, w->arena, &w->ids, w->now_ms);
}
