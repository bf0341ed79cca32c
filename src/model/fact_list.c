/* model/fact_list.c - an array that grows in the arena, for each kind of list */
#include "model/fact_list.h"

#include <string.h>

#include "base/check.h"
#include "model/fact_index.h"

static const struct span no_key;

bool fact_list_is(enum fact_kind kind)
{
    return kind == FACT_DESK || kind == FACT_DUTIES || kind == FACT_IDLE || kind == FACT_LIVE ||
           kind == FACT_WAITING || kind == FACT_CUSTOMER_JOBS || kind == FACT_CREW_JOBS ||
           kind == FACT_BURDEN;
}

void *fact_list_empty(struct facts *f, const struct fact *fact)
{
    if (fact->kind == FACT_DUTIES)
        return ARENA_NEW(f->arena, struct duties);
    if (fact->kind == FACT_IDLE)
        return ARENA_NEW(f->arena, struct idle);
    if (fact->kind == FACT_LIVE)
        return ARENA_NEW(f->arena, struct live);
    if (fact->kind == FACT_WAITING || fact->kind == FACT_BURDEN)
        return ARENA_NEW(f->arena, int64_t);
    if (fact->kind == FACT_CUSTOMER_JOBS || fact->kind == FACT_CREW_JOBS)
        return ARENA_NEW(f->arena, struct job_list);
    if (fact->kind != FACT_DESK)
        return NULL;
    struct desk *desk = ARENA_NEW(f->arena, struct desk);
    CHECK(fact->key.size < sizeof desk->operator_id);
    memcpy(desk->operator_id, fact->key.data, fact->key.size);
    return desk;
}

/* Makes room for one more; `items` of `size` bytes, *room of them there now. */
static void *grow(struct facts *f, void *items, size_t size, size_t count, size_t *room)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 8;
    void *more = arena_alloc(f->arena, *room * size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

void fact_list_fill_desk(struct facts *f, struct desk *desk, const struct tag *tag)
{
    desk->tags = grow(f, desk->tags, sizeof *desk->tags, desk->count, &desk->room);
    desk->tags[desk->count++] = *tag;
}

void fact_list_fill_duties(struct facts *f, struct duties *duties, const struct duty *duty)
{
    duties->rows = grow(f, duties->rows, sizeof *duties->rows, duties->count, &duties->room);
    duties->rows[duties->count++] = *duty;
}

void fact_list_fill_idle(struct facts *f, struct idle *idle, int64_t relay)
{
    idle->relays = grow(f, idle->relays, sizeof *idle->relays, idle->count, &idle->room);
    idle->relays[idle->count++] = relay;
}

void fact_list_fill_live(struct facts *f, struct live *live, int64_t cascade)
{
    live->cascades = grow(f, live->cascades, sizeof *live->cascades, live->count, &live->room);
    live->cascades[live->count++] = cascade;
}

void fact_list_fill_jobs(struct facts *f, struct job_list *list, int64_t job)
{
    list->ids = grow(f, list->ids, sizeof *list->ids, list->count, &list->room);
    list->ids[list->count++] = job;
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void complete_live(struct facts *f, const struct fact *list, const struct cascade *k)
{
    struct live *live = list->live;

    if ((!list->key.size || span_is_text(list->key, k->caller)) &&
        !is_among(live->cascades, live->count, k->id))
        fact_list_fill_live(f, live, k->id);
}

static void complete_jobs(struct facts *f, const struct fact *list, const struct job *job)
{
    const bool his = list->kind == FACT_CREW_JOBS ? job_crew_find(job, list->key) >= 0
                                                  : span_is_text(list->key, job->customer);

    if (his && !is_among(list->jobs->ids, list->jobs->count, job->id))
        fact_list_fill_jobs(f, list->jobs, job->id);
}

void fact_list_complete(struct facts *f, const struct fact *list)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->state != FACT_PRESENT || fact->same || !(fact->fresh || fact->dirty) ||
            fact->tenant != list->tenant)
            continue;
        if (list->kind == FACT_LIVE && fact->kind == FACT_CASCADE)
            complete_live(f, list, fact->cascade);
        else if ((list->kind == FACT_CREW_JOBS || list->kind == FACT_CUSTOMER_JOBS) &&
                 fact->kind == FACT_JOB)
            complete_jobs(f, list, fact->job);
    }
}

/* The list of that key when it has been loaded, or NULL. */
static const struct fact *loaded(struct facts *f, enum fact_kind kind, int32_t tenant,
                                 struct span key)
{
    const struct fact *fact = fact_index_look_up(f, kind, tenant, 0, key);

    return fact && fact->state == FACT_PRESENT ? fact : NULL;
}

void fact_list_hear_cascade(struct facts *f, const struct cascade *cascade)
{
    const struct fact *all = loaded(f, FACT_LIVE, cascade->tenant, no_key);
    const struct fact *his = loaded(f, FACT_LIVE, cascade->tenant, span_of(cascade->caller));

    if (all)
        fact_list_fill_live(f, all->live, cascade->id);
    if (his)
        fact_list_fill_live(f, his->live, cascade->id);
}

static void put_on_desk(struct facts *f, struct desk *desk, const struct tag *tag)
{
    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->tags[i].tag, tag->tag) == 0) {
            desk->tags[i] = *tag;
            return;
        }
    fact_list_fill_desk(f, desk, tag);
}

static void add_job(struct facts *f, enum fact_kind kind, const struct job *job, const char *number)
{
    const struct fact *list = number[0] ? loaded(f, kind, job->tenant, span_of(number)) : NULL;

    if (list && !is_among(list->jobs->ids, list->jobs->count, job->id))
        fact_list_fill_jobs(f, list->jobs, job->id);
}

void fact_list_hear_job(struct facts *f, const struct job *job)
{
    add_job(f, FACT_CUSTOMER_JOBS, job, job->customer);
    for (int i = 0; i < job->crew_count; i++)
        add_job(f, FACT_CREW_JOBS, job, job->crew[i].phone);
}

void fact_list_hear_tag(struct facts *f, const struct tag *tag)
{
    const struct fact *list = loaded(f, FACT_DESK, tag->tenant, span_of(tag->operator_id));

    if (list)
        put_on_desk(f, list->desk, tag);
}

static void put_among(struct facts *f, struct duties *duties, const struct duty *duty)
{
    for (size_t i = 0; i < duties->count; i++)
        if (strcmp(duties->rows[i].operator_id, duty->operator_id) == 0) {
            duties->rows[i] = *duty;
            return;
        }
    fact_list_fill_duties(f, duties, duty);
}

void fact_list_hear_duty(struct facts *f, const struct duty *duty)
{
    const struct fact *list = loaded(f, FACT_DUTIES, duty->tenant, no_key);

    if (list)
        put_among(f, list->duties, duty);
}
