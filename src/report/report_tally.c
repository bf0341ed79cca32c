#include "report/report_tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/wall.h"
#include "report/report_why.h"

enum { SLOTS = 1024 /* a power of 2, above twice the people */, TIMES_FIRST = 64 };

static const int64_t day_ms = 86400000, hour_ms = 3600000;
static const int WEEKDAY_OF_DAY_0 = 3; /* 1970-01-01 was a Thursday */

/* ---- times ---- */

static void add_time(struct report_tally *t, struct report_tally_times *times, int64_t ms)
{
    if (times->count == times->room) {
        const size_t room = times->room ? 2 * times->room : TIMES_FIRST;
        int64_t *more = ARENA_NEW_N(t->arena, int64_t, room);
        if (times->count)
            memcpy(more, times->ms, times->count * sizeof *more);
        times->ms = more;
        times->room = room;
    }
    times->ms[times->count++] = ms > 0 ? ms : 0;
}

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t report_tally_within(struct report_tally_times *times, int percent)
{
    if (times->count == 0)
        return -1;
    qsort(times->ms, times->count, sizeof *times->ms, by_size);
    return times->ms[(times->count * (size_t)percent + 99) / 100 - 1];
}

/* ---- people ---- */

static uint16_t *slot_of(const struct report_tally *t, struct span id)
{
    for (uint64_t h = hash_span(HASH_BEGIN, id);; h++) {
        uint16_t *slot = &t->slots[h & (SLOTS - 1)];
        if (*slot == 0 || span_is_text(id, t->people[*slot - 1].id))
            return slot;
    }
}

/* NULL: one too many, or no id. */
static struct report_tally_person *person(struct report_tally *t, struct span id)
{
    if (id.size == 0 || id.size >= LIMIT_SLUG_SIZE)
        return NULL;
    uint16_t *slot = slot_of(t, id);
    if (*slot == 0) {
        if (t->person_count == REPORT_TALLY_PEOPLE)
            return NULL;
        struct report_tally_person *p = &t->people[t->person_count++];
        memcpy(p->id, id.data, id.size);
        memcpy(p->name, id.data, id.size);
        *slot = (uint16_t)t->person_count;
    }
    return &t->people[*slot - 1];
}

void report_tally_name(struct report_tally *t, const char *id, const char *name)
{
    struct report_tally_person *p = person(t, span_of(id));
    const size_t size = strlen(name);

    if (!p || size == 0)
        return;
    memset(p->name, 0, sizeof p->name);
    memcpy(p->name, name, size < sizeof p->name ? size : sizeof p->name - 1);
}

static const char *name_of(void *ctx, const char *id)
{
    const struct report_tally_person *p = person(ctx, span_of(id));

    return p ? p->name : id;
}

/* ---- places in time ---- */

struct place {
    struct report_tally_counts *day;
    int weekday, hour;
};

static int64_t local(const struct report_tally *t, int64_t at_ms)
{
    return t->zone ? wall_time(t->zone, at_ms) : at_ms;
}

static struct place place_of(const struct report_tally *t, int64_t at_ms)
{
    const int64_t local_ms = local(t, at_ms), day = wall_day(local_ms);
    int64_t index = day - t->from_day;

    /* A zone that leaves out a day may move an instant past the last one. */
    index = index < 0 ? 0 : index < t->days ? index : t->days - 1;
    return (struct place){
        .day = &t->by_day[index],
        .weekday = (int)((day % 7 + 7 + WEEKDAY_OF_DAY_0) % 7),
        .hour = (int)((local_ms - day * day_ms) / hour_ms),
    };
}

/* ---- rows ---- */

static const struct plan *read_plan(struct report_tally *t, struct span text)
{
    return text.size > 0 && plan_parse(text, t->plan) == ERR_NONE ? t->plan : NULL;
}

static struct report_why why_of(struct report_tally *t, const struct plan *plan)
{
    return (struct report_why){.plan = plan, .name = name_of, .ctx = t};
}

static void lose(struct report_tally *t, size_t *count, const struct report_tally_lost *lost)
{
    struct report_tally_lost *to = &t->lost[t->lost_calls + t->lost_texts];

    *to = *lost;
    to->customer = arena_copy(t->arena, lost->customer);
    to->name = arena_copy(t->arena, lost->name);
    ++*count;
}

/* Which count a call is in; NULL: none. */
static int32_t *call_count(struct report_tally_counts *c, const struct store_report_call *row)
{
    if (row->accepted_ms)
        return &c->answered;
    if (row->state != CASCADE_OVER)
        return NULL;
    switch (row->outcome) {
    case OUTCOME_ANSWERED:
        return &c->answered;
    case OUTCOME_VOICEMAIL:
        return &c->voicemail;
    case OUTCOME_MISSED:
        return &c->missed;
    case OUTCOME_ABANDONED:
        return &c->abandoned;
    case OUTCOME_REFUSED:
        return &c->refused;
    case OUTCOME_NONE:
    case OUTCOME_MENU:
    case OUTCOMES:
        break;
    }
    return NULL;
}

static bool is_lost(const struct store_report_call *row)
{
    return !row->accepted_ms &&
           (row->outcome == OUTCOME_VOICEMAIL || row->outcome == OUTCOME_MISSED ||
            row->outcome == OUTCOME_ABANDONED);
}

/* What became of one of the plan's people, who may stand in it twice. */
struct share {
    bool told, passed, failed;
};

static struct share share_of(const struct plan *plan, int at)
{
    struct share s = {false, false, false};

    for (int i = at; i < plan->count; i++) {
        const struct rung *r = &plan->rungs[i];
        if (i > at && strcmp(r->operator_id, plan->rungs[at].operator_id) != 0)
            continue;
        s.told |= r->state != RUNG_WAITING;
        s.passed |= r->state == RUNG_PASSED;
        s.failed |= r->state == RUNG_MISSED || r->state == RUNG_BUSY || r->state == RUNG_FAILED;
    }
    return s;
}

static void share_call(struct report_tally *t, const struct plan *plan, struct span accepted_by)
{
    for (int i = 0; i < plan->count; i++) {
        const struct span id = span_of(plan->rungs[i].operator_id);
        const struct share s = share_of(plan, i);
        struct report_tally_person *p = s.told && plan_find(plan, id) == i ? person(t, id) : NULL;
        if (!p)
            continue;
        const bool accepted = span_is(id, accepted_by);
        p->rung++;
        p->passed_on += !accepted && s.passed;
        p->not_answered += !accepted && !s.passed && s.failed;
    }
}

static void accept(struct report_tally *t, struct report_tally_counts *day,
                   const struct store_report_call *row)
{
    struct report_tally_person *p = person(t, row->accepted_by);

    add_time(t, &day->answers, row->accepted_ms - row->started_ms);
    add_time(t, &t->all.answers, row->accepted_ms - row->started_ms);
    if (!p)
        return;
    p->accepted++;
    add_time(t, &p->answers, row->accepted_ms - (row->rang_ms ? row->rang_ms : row->started_ms));
}

static void call(void *ctx, const struct store_report_call *row)
{
    struct report_tally *t = ctx;
    const struct place at = place_of(t, row->started_ms);
    int32_t *of_day = call_count(at.day, row);

    if (!of_day)
        return;
    ++*of_day;
    ++*call_count(&t->all, row);
    at.day->calls++;
    t->all.calls++;
    t->calls_at[at.weekday][at.hour]++;
    const struct plan *plan = read_plan(t, row->plan);
    if (plan)
        share_call(t, plan, row->accepted_by);
    if (row->accepted_ms)
        accept(t, at.day, row);
    if (!is_lost(row))
        return;
    t->missed_at[at.weekday][at.hour]++;
    if (t->lost_calls == REPORT_TALLY_LOST)
        return;
    const struct report_why why = why_of(t, plan);
    lose(t, &t->lost_calls,
         &(struct report_tally_lost){
             .id = row->id,
             .thread = row->thread,
             .at_ms = row->started_ms,
             .customer = row->customer,
             .name = row->name,
             .kind = outcome_name(row->outcome),
             .why = report_why_call(t->arena, &why, row->outcome, row->ended_ms - row->started_ms),
         });
}

static void text(void *ctx, int64_t at_ms, bool is_out)
{
    struct report_tally *t = ctx;
    const struct place at = place_of(t, at_ms);

    if (is_out) {
        at.day->texts_out++;
        t->all.texts_out++;
        return;
    }
    at.day->texts_in++;
    t->all.texts_in++;
    t->texts_at[at.weekday][at.hour]++;
}

static void share_relay(struct report_tally *t, const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++) {
        const struct span id = span_of(plan->rungs[i].operator_id);
        struct report_tally_person *p =
            share_of(plan, i).told && plan_find(plan, id) == i ? person(t, id) : NULL;
        if (p)
            p->relays++;
    }
}

static void acknowledge(struct report_tally *t, struct report_tally_counts *day,
                        const struct store_report_relay *row)
{
    struct report_tally_person *p = person(t, row->acked_by);

    add_time(t, &day->acks, row->acked_ms - row->raised_ms);
    add_time(t, &t->all.acks, row->acked_ms - row->raised_ms);
    if (!p)
        return;
    p->acked++;
    add_time(t, &p->acks, row->acked_ms - (row->told_ms ? row->told_ms : row->raised_ms));
}

static void relay(void *ctx, const struct store_report_relay *row)
{
    struct report_tally *t = ctx;
    const struct place at = place_of(t, row->raised_ms);
    const bool exhausted = !row->acked_ms && row->state == RELAY_EXHAUSTED;
    const struct plan *plan = read_plan(t, row->plan);

    at.day->relays++;
    t->all.relays++;
    if (plan)
        share_relay(t, plan);
    if (row->acked_ms) {
        at.day->acked++;
        t->all.acked++;
        acknowledge(t, at.day, row);
    }
    at.day->exhausted += exhausted;
    t->all.exhausted += exhausted;
    /* A missed call's relay is its call, which is in the list. */
    if (!exhausted || (row->kind != RELAY_TEXT && row->kind != RELAY_JOB) ||
        t->lost_texts == REPORT_TALLY_LOST)
        return;
    const struct report_why why = why_of(t, plan);
    lose(t, &t->lost_texts,
         &(struct report_tally_lost){.id = row->id,
                                     .thread = row->thread,
                                     .at_ms = row->raised_ms,
                                     .customer = row->customer,
                                     .name = row->name,
                                     .kind = relay_kind_name(row->kind),
                                     .why = report_why_text(t->arena, &why)});
}

static void spent(void *ctx, int32_t day, int32_t texts, int32_t calls)
{
    struct report_tally *t = ctx;

    if (day >= t->from_day && day - t->from_day < t->days)
        t->spent[day - t->from_day] = (struct report_tally_spent){texts, calls};
}

/* ---- begin and end ---- */

struct report_tally *report_tally_begin(struct arena *arena, const struct zone *zone,
                                        int32_t from_day, int32_t days)
{
    struct report_tally *t = ARENA_NEW(arena, struct report_tally);

    t->arena = arena;
    t->zone = zone;
    t->from_day = from_day;
    t->days = days;
    t->by_day = ARENA_NEW_N(arena, struct report_tally_counts, (size_t)days);
    t->spent = ARENA_NEW_N(arena, struct report_tally_spent, (size_t)days);
    t->people = ARENA_NEW_N(arena, struct report_tally_person, REPORT_TALLY_PEOPLE);
    t->slots = ARENA_NEW_N(arena, uint16_t, SLOTS);
    t->lost = ARENA_NEW_N(arena, struct report_tally_lost, 2 * REPORT_TALLY_LOST);
    t->plan = ARENA_NEW(arena, struct plan);
    return t;
}

struct store_report_reader report_tally_reader(struct report_tally *t)
{
    return (struct store_report_reader){t, call, text, relay, spent};
}

static int newest_first(const void *a, const void *b)
{
    const struct report_tally_lost *x = a, *y = b;

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

void report_tally_end(struct report_tally *t)
{
    qsort(t->lost, t->lost_calls + t->lost_texts, sizeof *t->lost, newest_first);
}
