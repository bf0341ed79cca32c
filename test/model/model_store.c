#include "model_store.h"

#include <stdio.h>
#include <string.h>

#include "model/fact_list.h"
#include "model_run.h"

/* A name by which a row is found: its id, or a key. */
struct store_name {
    struct store_name *next;
    struct store_row *row;
    enum fact_kind kind;
    int64_t id;
    struct span key;
};

static const size_t sizes[FACT_KINDS] = {
    [FACT_THREAD] = sizeof(struct thread),   [FACT_RELAY] = sizeof(struct relay),
    [FACT_CASCADE] = sizeof(struct cascade), [FACT_MESSAGE] = sizeof(struct message),
    [FACT_OUTBOX] = sizeof(struct outbox),   [FACT_LINK] = sizeof(struct link),
    [FACT_CONSENT] = sizeof(struct consent), [FACT_QUESTION] = sizeof(struct question),
    [FACT_PARTY] = sizeof(struct party),     [FACT_JOB] = sizeof(struct job),
};

void model_store_reset(struct model_store *s)
{
    struct arena *arena = s->arena;

    arena_reset(arena);
    memset(s, 0, sizeof *s);
    s->arena = arena;
    for (int k = 0; k < FACT_KINDS; k++)
        s->last[k] = &s->first[k];
}

/* ---- finding ---- */

static size_t bucket_of(enum fact_kind kind, int64_t id, struct span key)
{
    uint64_t h = (uint64_t)id * 0x9e3779b97f4a7c15u + (uint64_t)kind;

    for (size_t i = 0; i < key.size; i++)
        h = (h ^ (unsigned char)key.data[i]) * 1099511628211u;
    return (h ^ h >> 32 ^ h >> 51) % STORE_BUCKETS;
}

static bool is_current(const struct store_name *n)
{
    const struct message *m = n->row->data;

    return n->kind != FACT_MESSAGE || n->id || span_is_text(n->key, m->sid); /* sids change */
}

struct store_row *model_store_row(const struct model_store *s, enum fact_kind kind, int64_t id,
                                  struct span key)
{
    const struct store_name *n = s->buckets[bucket_of(kind, id, key)];

    while (n && !(n->kind == kind && n->id == id && span_is(n->key, key) && is_current(n)))
        n = n->next;
    return n ? n->row : NULL;
}

void *model_store_get(const struct model_store *s, enum fact_kind kind, int64_t id)
{
    const struct store_row *r = model_store_row(s, kind, id, (struct span){0});

    return r ? r->data : NULL;
}

static void name(struct model_store *s, struct store_row *row, int64_t id, struct span key)
{
    struct store_name *n = ARENA_NEW(s->arena, struct store_name);
    struct store_name **bucket = &s->buckets[bucket_of(row->kind, id, key)];

    *n = (struct store_name){*bucket, row, row->kind, id, key};
    *bucket = n;
}

static struct span pair(struct arena *arena, const char *line, const char *person)
{
    char room[LIMIT_NUMBER_SIZE + LIMIT_PARTY_SIZE];
    const int n = snprintf(room, sizeof room, "%s %s", line, person);

    return arena_copy(arena, (struct span){room, (size_t)n});
}

/* ---- loading ---- */

static bool is_gone(const struct store_row *r)
{
    return (r->kind == FACT_OUTBOX && ((const struct outbox *)r->data)->gone) ||
           (r->kind == FACT_QUESTION && ((const struct question *)r->data)->gone);
}

static struct plan *copy_plan(struct arena *arena, const struct plan *from)
{
    struct plan *p = ARENA_NEW(arena, struct plan);

    p->count = from->count;
    p->out_count = from->out_count;
    memcpy(p->rungs, from->rungs, from->count * sizeof from->rungs[0]);
    memcpy(p->out, from->out, from->out_count * sizeof from->out[0]);
    return p;
}

static void *copy_of(const struct store_row *r, struct arena *arena)
{
    if (r->kind == FACT_CLAIM)
        return r->data;
    void *copy = arena_alloc(arena, sizes[r->kind]);
    memcpy(copy, r->data, sizes[r->kind]);
    if (r->kind == FACT_RELAY)
        ((struct relay *)copy)->plan = copy_plan(arena, ((const struct relay *)r->data)->plan);
    if (r->kind == FACT_CASCADE)
        ((struct cascade *)copy)->plan = copy_plan(arena, ((const struct cascade *)r->data)->plan);
    return copy;
}

static struct desk *load_desk(const struct model_store *s, struct facts *f, struct span who)
{
    struct desk *desk = ARENA_NEW(f->arena, struct desk);

    memcpy(desk->operator_id, who.data, who.size);
    for (size_t i = 0; i < s->tag_count; i++) {
        if (!span_is_text(who, s->tags[i].operator_id))
            continue;
        fact_list_fill_desk(f, desk, &s->tags[i]);
        size_t at = desk->count - 1;
        for (; at > 0 && desk->tags[at - 1].sent_ms < s->tags[i].sent_ms; at--)
            desk->tags[at] = desk->tags[at - 1];
        desk->tags[at] = s->tags[i];
    }
    return desk;
}

static struct live *load_live(const struct model_store *s, struct facts *f, const struct fact *fact)
{
    struct live *live = ARENA_NEW(f->arena, struct live);

    for (const struct store_row *r = s->first[FACT_CASCADE]; r; r = r->next) {
        const struct cascade *k = r->data;
        if (k->state == CASCADE_RINGING && (!fact->key.size || span_is_text(fact->key, k->caller)))
            fact_list_fill_live(f, live, r->id);
    }
    return live;
}

static bool is_list(enum fact_kind kind)
{
    return kind == FACT_DESK || kind == FACT_DUTIES || kind == FACT_IDLE || kind == FACT_LIVE ||
           kind == FACT_WAITING || kind == FACT_CUSTOMER_JOBS || kind == FACT_CREW_JOBS ||
           kind == FACT_BURDEN;
}

static struct job_list *load_jobs(const struct model_store *s, struct facts *f,
                                  const struct fact *fact)
{
    struct job_list *list = ARENA_NEW(f->arena, struct job_list);

    for (const struct store_row *r = s->first[FACT_JOB]; r; r = r->next) {
        const struct job *job = r->data;
        const bool his = fact->kind == FACT_CREW_JOBS ? job_crew_find(job, fact->key) >= 0
                                                      : span_is_text(fact->key, job->customer);
        if (!his || job_is_over(job))
            continue;
        fact_list_fill_jobs(f, list, r->id);
        facts_want_id(f, FACT_JOB, fact->tenant, r->id);
    }
    return list;
}

static int64_t *load_burden(const struct model_store *s, struct facts *f, const struct fact *fact)
{
    int64_t *count = ARENA_NEW(f->arena, int64_t);

    for (const struct store_row *r = s->first[FACT_THREAD]; r; r = r->next) {
        const struct thread *t = r->data;
        *count += !t->closed && span_is_text(fact->key, t->owner);
    }
    return count;
}

static void *load_list(const struct model_store *s, struct facts *f, const struct fact *fact)
{
    if (fact->kind == FACT_LIVE)
        return load_live(s, f, fact);
    if (fact->kind == FACT_CUSTOMER_JOBS || fact->kind == FACT_CREW_JOBS)
        return load_jobs(s, f, fact);
    if (fact->kind == FACT_BURDEN)
        return load_burden(s, f, fact);
    if (fact->kind == FACT_WAITING)
        return ARENA_NEW(f->arena, int64_t); /* no operator calls a line in the models */
    if (fact->kind == FACT_DESK)
        return load_desk(s, f, fact->key);
    if (fact->kind == FACT_DUTIES) {
        struct duties *duties = ARENA_NEW(f->arena, struct duties);
        for (size_t i = 0; i < s->duty_count; i++)
            fact_list_fill_duties(f, duties, &s->duties[i]);
        return duties;
    }
    struct idle *idle = ARENA_NEW(f->arena, struct idle);
    for (const struct store_row *r = s->first[FACT_RELAY]; r; r = r->next)
        if (((const struct relay *)r->data)->state == RELAY_IDLE)
            fact_list_fill_idle(f, idle, r->id);
    return idle;
}

void model_store_load(struct model_store *s, struct facts *f)
{
    for (struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->state != FACT_WANTED)
            continue;
        if (is_list(fact->kind)) {
            facts_settle(f, fact, load_list(s, f, fact));
            continue;
        }
        const struct store_row *r = model_store_row(s, fact->kind, fact->id, fact->key);
        facts_settle(f, fact, r && !is_gone(r) ? copy_of(r, f->arena) : NULL);
        if (r && fact->kind == FACT_THREAD)
            facts_want_party(f, fact->tenant, span_of(((const struct thread *)r->data)->customer));
        if (r && fact->kind == FACT_THREAD && ((const struct thread *)r->data)->job[0])
            facts_want_job(f, fact->tenant, span_of(((const struct thread *)r->data)->job));
        if (r && fact->kind == FACT_CASCADE && ((const struct cascade *)r->data)->thread)
            facts_want_id(f, FACT_THREAD, fact->tenant, ((const struct cascade *)r->data)->thread);
    }
    f->short_of = false;
}

/* ---- saving ---- */

static void keep_span(struct model_store *s, struct span *now, const struct span *was)
{
    if (!was || now->data != was->data)
        *now = arena_copy(s->arena, *now);
}

static void keep_plan(struct model_store *s, struct plan **now, struct plan *was)
{
    if (!was) {
        *now = copy_plan(s->arena, *now);
        return;
    }
    memcpy(was, *now, sizeof *was);
    *now = was;
}

/* Copies what the row points at; `was` is the stored one, NULL for a new one. */
static void keep(struct model_store *s, enum fact_kind kind, void *row, void *was)
{
    struct relay *r = row, *r0 = was;
    struct cascade *k = row, *k0 = was;
    struct message *m = row;
    struct outbox *o = row;
    struct question *q = row;
    const struct message *m0 = was;
    const struct outbox *o0 = was;
    const struct question *q0 = was;
    struct job *j = row;
    const struct job *j0 = was;

    if (kind == FACT_RELAY) {
        keep_span(s, &r->body, r0 ? &r0->body : NULL);
        keep_plan(s, &r->plan, r0 ? r0->plan : NULL);
    } else if (kind == FACT_CASCADE) {
        keep_plan(s, &k->plan, k0 ? k0->plan : NULL);
        keep_span(s, &k->recording, k0 ? &k0->recording : NULL);
        keep_span(s, &k->transcript, k0 ? &k0->transcript : NULL);
    } else if (kind == FACT_MESSAGE) {
        keep_span(s, &m->body, m0 ? &m0->body : NULL);
        keep_span(s, &m->media, m0 ? &m0->media : NULL);
    } else if (kind == FACT_OUTBOX) {
        keep_span(s, &o->body, o0 ? &o0->body : NULL);
        keep_span(s, &o->media, o0 ? &o0->media : NULL);
    } else if (kind == FACT_QUESTION) {
        keep_span(s, &q->body, q0 ? &q0->body : NULL);
        keep_span(s, &q->media, q0 ? &q0->media : NULL);
    } else if (kind == FACT_JOB) {
        keep_span(s, &j->title, j0 ? &j0->title : NULL);
        keep_span(s, &j->notes, j0 ? &j0->notes : NULL);
        keep_span(s, &j->address, j0 ? &j0->address : NULL);
    }
}

static bool is_same_plan(const struct plan *x, const struct plan *y)
{
    return x->count == y->count && memcmp(x->rungs, y->rungs, x->count * sizeof x->rungs[0]) == 0;
}

static bool is_same_call(const void *a, const void *b)
{
    struct cascade x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    if (!is_same_plan(x.plan, y.plan))
        return false;
    x.plan = y.plan = NULL;
    return memcmp(&x, &y, sizeof x) == 0;
}

static bool is_same(enum fact_kind kind, const void *a, const void *b)
{
    if (kind != FACT_RELAY && kind != FACT_CASCADE)
        return memcmp(a, b, sizes[kind]) == 0;
    if (kind == FACT_CASCADE)
        return is_same_call(a, b);
    struct relay x = *(const struct relay *)a, y = *(const struct relay *)b;
    if (!is_same_plan(x.plan, y.plan))
        return false;
    x.plan = y.plan = NULL;
    return memcmp(&x, &y, sizeof x) == 0;
}

static void queue(struct model_store *s, struct outbox *o)
{
    size_t i = 0;

    while (i < s->queued && s->queue[i] != o)
        i++;
    if (i == s->queued) {
        MUST(s->queued < STORE_OUTBOX, "too many rows wait to be sent");
        s->queue[s->queued++] = o;
    }
    if (o->gone)
        s->queue[i] = s->queue[--s->queued];
}

static void name_again(struct model_store *s, struct store_row *r, const char *old_sid)
{
    const struct thread *t = r->data;
    const struct message *m = r->data;

    if (r->kind == FACT_THREAD && !old_sid)
        name(s, r, 0, pair(s->arena, t->line, t->customer));
    if (r->kind == FACT_JOB && !old_sid)
        name(s, r, 0, arena_copy(s->arena, span_of(((const struct job *)r->data)->job_id)));
    if (r->kind == FACT_CASCADE && !old_sid)
        name(s, r, 0, arena_copy(s->arena, span_of(((const struct cascade *)r->data)->call_sid)));
    if (r->kind == FACT_MESSAGE && m->direction == DIRECTION_OUT && m->sid[0] &&
        (!old_sid || strcmp(old_sid, m->sid) != 0))
        name(s, r, 0, arena_copy(s->arena, span_of(m->sid)));
}

static void add_row(struct model_store *s, const struct fact *fact)
{
    struct store_row *r = ARENA_NEW(s->arena, struct store_row);

    MUST(fact->fresh, "a row that nobody stored is not marked as new");
    *r = (struct store_row){.kind = fact->kind, .id = fact->id};
    r->key = fact->key.size ? arena_copy(s->arena, fact->key) : fact->key;
    if (fact->kind == FACT_CLAIM) {
        struct claim_fact *claim = ARENA_NEW(s->arena, struct claim_fact);
        claim->event = fact->claim.event;
        claim->answer = arena_copy(s->arena, fact->claim.answer);
        r->data = claim;
    } else {
        r->data = arena_alloc(s->arena, sizes[fact->kind]);
        memcpy(r->data, fact->row, sizes[fact->kind]);
        keep(s, fact->kind, r->data, NULL);
    }
    name(s, r, r->id, r->key);
    name_again(s, r, NULL);
    *s->last[fact->kind] = r;
    s->last[fact->kind] = &r->next;
    if (fact->kind == FACT_OUTBOX)
        queue(s, r->data);
    s->changes++;
}

static void save_row(struct model_store *s, const struct fact *fact)
{
    struct store_row *r = model_store_row(s, fact->kind, fact->id, fact->key);
    char old_sid[LIMIT_SID_SIZE] = "";

    if (!r) {
        add_row(s, fact);
        return;
    }
    MUST(!fact->fresh || is_gone(r), "a row of kind %d is made twice", (int)fact->kind);
    if (fact->kind == FACT_CLAIM)
        return;
    const bool same = is_same(fact->kind, fact->row, r->data);
    MUST(same || fact->dirty || fact->fresh, "a row of kind %d changed unmarked", (int)fact->kind);
    if (same)
        return;
    if (fact->kind == FACT_MESSAGE)
        memcpy(old_sid, ((struct message *)r->data)->sid, sizeof old_sid);
    keep(s, fact->kind, fact->row, r->data);
    memcpy(r->data, fact->row, sizes[fact->kind]);
    name_again(s, r, old_sid);
    if (fact->kind == FACT_OUTBOX)
        queue(s, r->data);
    s->changes++;
}

static size_t find_timer(const struct model_store *s, enum timer_kind kind, int64_t subject,
                         int64_t due_ms)
{
    size_t i = 0;

    while (i < s->timer_count && !(s->timers[i].due_ms == due_ms && s->timers[i].kind == kind &&
                                   s->timers[i].subject == subject))
        i++;
    return i;
}

bool model_store_has_timer(const struct model_store *s, enum timer_kind kind, int64_t subject,
                           int64_t due_ms)
{
    return find_timer(s, kind, subject, due_ms) < s->timer_count;
}

size_t model_store_timers_of(const struct model_store *s, enum timer_kind kind, int64_t subject)
{
    size_t n = 0;

    for (size_t i = 0; i < s->timer_count; i++)
        n += s->timers[i].kind == kind && s->timers[i].subject == subject;
    return n;
}

static void save_timer(struct model_store *s, const struct timer *t)
{
    const size_t i = find_timer(s, t->kind, t->subject, t->due_ms);

    if (t->kind == TIMER_GAPS) /* it goes on for ever, and is of no story */
        return;
    if (t->gone) {
        if (i < s->timer_count)
            s->timers[i] = s->timers[--s->timer_count];
        return;
    }
    MUST(i == s->timer_count && i < STORE_TIMERS, "a timer is put twice");
    s->timers[s->timer_count++] = *t;
    s->changes++;
}

static void save_tag(struct model_store *s, const struct tag *t)
{
    size_t i = 0;

    while (i < s->tag_count && (strcmp(s->tags[i].tag, t->tag) != 0 ||
                                strcmp(s->tags[i].operator_id, t->operator_id) != 0))
        i++;
    MUST(i < STORE_TAGS, "too many tags");
    s->tag_count += i == s->tag_count;
    s->tags[i] = *t;
    s->changes++;
}

static void save_duty(struct model_store *s, const struct duty *d)
{
    size_t i = 0;

    while (i < s->duty_count && strcmp(s->duties[i].operator_id, d->operator_id) != 0)
        i++;
    s->duty_count += i == s->duty_count;
    s->duties[i] = *d;
    s->changes++;
}

static void note(struct model_store *s, const struct event_row *e)
{
    static const struct {
        const char *kind;
        enum fact_kind of;
        unsigned flag;
    } noted[] = {
        {"relay.exhausted", FACT_RELAY, STORE_EXHAUSTED},
        {"text.held-back", FACT_MESSAGE, STORE_HELD_BACK},
        {"text.given-up", FACT_MESSAGE, STORE_GIVEN_UP},
    };

    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        struct store_row *r = strcmp(e->kind, noted[i].kind) == 0
                                  ? model_store_row(s, noted[i].of, e->subject, (struct span){0})
                                  : NULL;
        if (r)
            r->flags |= noted[i].flag;
    }
    s->changes++;
}

void model_store_save(struct model_store *s, const struct facts *f)
{
    s->changes = 0;
    for (const struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->state == FACT_PRESENT && !fact->same && !fact_list_is(fact->kind) &&
            (fact->kind != FACT_CLAIM || fact->fresh))
            save_row(s, fact);
    for (const struct appended *a = f->added; a; a = a->next) {
        if (a->kind == APPEND_TIMER)
            save_timer(s, &a->timer);
        else if (a->kind == APPEND_TAG)
            save_tag(s, &a->tag);
        else if (a->kind == APPEND_DUTY)
            save_duty(s, &a->duty);
        else if (a->kind == APPEND_EVENT)
            note(s, &a->event);
        else
            s->changes++;
    }
}
