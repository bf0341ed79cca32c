#include "rules/shifts.h"

#include <string.h>

#include "rules/route.h"
#include "rules/schedule.h"

enum { PLACES_MOST = LIMIT_STEPS * LIMIT_STEP_OPERATORS };

/* One place of a chain, and the instant at which who has it may be somebody else. */
struct place {
    struct schedule_ask ask;
    int64_t until_ms;
};

/* The chain on its way through time. */
struct walk {
    const struct roster *roster;
    struct route_ask ask;
    struct place places[PLACES_MOST];
    int place_count, looks; /* looks: left */
    struct plan plan;
    struct shift_part *last[LIMIT_OPERATORS];
};

static int64_t look(const struct place *p, int64_t at_ms)
{
    int64_t until_ms = schedule_next_look(&p->ask, at_ms);
    const int taker = schedule_taker(&p->ask, at_ms);

    if (taker >= 0) {
        struct schedule_ask other = p->ask;
        other.operator_index = taker;
        const int64_t next_ms = schedule_next_look(&other, at_ms);
        until_ms = next_ms < until_ms ? next_ms : until_ms;
    }
    return until_ms;
}

/* The next instant, not after `to_ms`, at which the plan may be another one. */
static int64_t next_of(struct walk *w, int64_t at_ms, int64_t to_ms)
{
    int64_t next_ms = to_ms;

    for (int i = 0; i < w->place_count; i++) {
        struct place *p = &w->places[i];
        if (p->until_ms <= at_ms)
            p->until_ms = look(p, at_ms);
        next_ms = p->until_ms < next_ms ? p->until_ms : next_ms;
    }
    return next_ms;
}

static void add_part(struct arena *arena, struct walk *w, struct shifts *out, int operator_index,
                     struct shift_part part)
{
    struct shift_part *last = w->last[operator_index];

    if (last && last->to_ms == part.from_ms && last->reason == part.reason) {
        last->to_ms = part.to_ms;
        return;
    }
    struct shift_part *fresh = ARENA_NEW(arena, struct shift_part);
    *fresh = part;
    if (last)
        last->next = fresh;
    else
        out->of[operator_index] = fresh;
    w->last[operator_index] = fresh;
}

static void add_gap(struct shifts *out, int64_t from_ms, int64_t to_ms)
{
    struct stretch *last = out->gap_count ? &out->gaps[out->gap_count - 1] : NULL;

    if (last && last->to_ms == from_ms)
        last->to_ms = to_ms;
    else if (out->gap_count < SHIFTS_GAPS_MOST)
        out->gaps[out->gap_count++] = (struct stretch){from_ms, to_ms};
    else
        out->is_cut = true;
}

static void note(struct arena *arena, struct walk *w, struct shifts *out, int64_t from_ms,
                 int64_t to_ms)
{
    for (int i = 0; i < w->plan.count; i++) {
        const struct rung *r = &w->plan.rungs[i];
        const int o = roster_operator_by_id(w->roster, span_of(r->operator_id));
        out->is_named[o] = true;
        add_part(arena, w, out, o, (struct shift_part){NULL, from_ms, to_ms, r->reason});
    }
    if (w->plan.count == 0)
        add_gap(out, from_ms, to_ms);
}

static struct walk *begin(struct arena *arena, const struct roster *roster, const struct line *line,
                          const struct duties *duties, struct shifts *out)
{
    const struct chain *chain = &roster->chains[line->chain];
    struct walk *w = ARENA_NEW(arena, struct walk);

    w->roster = roster;
    w->ask = (struct route_ask){.line = line, .duties = duties};
    w->looks = SHIFTS_LOOKS_MOST;
    for (int s = 0; s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const int o = chain->steps[s].operators[i];
            w->places[w->place_count++] = (struct place){
                .ask = {roster, duties, o, (int)chain->steps[s].turns[i] - 1},
                .until_ms = INT64_MIN,
            };
            out->is_named[o] = true;
        }
    return w;
}

void shifts_find(struct arena *arena, const struct roster *roster, const struct line *line,
                 const struct duties *duties, int64_t from_ms, int64_t to_ms, struct shifts *out)
{
    memset(out, 0, sizeof *out);
    out->from_ms = from_ms;
    out->to_ms = to_ms;
    struct walk *w = begin(arena, roster, line, duties, out);

    for (int64_t at_ms = from_ms; at_ms < to_ms; w->looks -= w->place_count) {
        if (w->looks <= 0) {
            out->to_ms = at_ms;
            out->is_cut = true;
            return;
        }
        const int64_t next_ms = next_of(w, at_ms, to_ms);
        route_plan(roster, &w->ask, at_ms, &w->plan);
        note(arena, w, out, at_ms, next_ms);
        at_ms = next_ms;
    }
}

/* ---- now, and next ---- */

int64_t shifts_until(const struct shifts *shifts, int operator_index, int64_t now_ms)
{
    int64_t until_ms = now_ms;

    for (const struct shift_part *p = shifts->of[operator_index]; p; p = p->next)
        if (p->from_ms <= until_ms && p->to_ms > until_ms)
            until_ms = p->to_ms;
    return until_ms < shifts->to_ms ? until_ms : INT64_MAX;
}

int shifts_next(const struct shifts *shifts, int64_t now_ms, int64_t *out_at_ms)
{
    int64_t soonest_ms = shifts->to_ms;
    int next = -1;

    for (int i = 0; i < LIMIT_OPERATORS; i++) {
        const struct shift_part *p = shifts->of[i];
        while (p && p->to_ms <= now_ms)
            p = p->next;
        if (!p || p->from_ms <= now_ms || p->from_ms >= soonest_ms)
            continue;
        soonest_ms = p->from_ms;
        next = i;
    }
    if (next >= 0)
        *out_at_ms = soonest_ms;
    return next;
}

const struct stretch *shifts_gap(const struct shifts *shifts, int64_t now_ms)
{
    for (size_t i = 0; i < shifts->gap_count; i++)
        if (shifts->gaps[i].to_ms > now_ms)
            return &shifts->gaps[i];
    return NULL;
}

int64_t shifts_change(const struct shifts *shifts, int64_t now_ms)
{
    int64_t soonest_ms = shifts->to_ms;

    for (int i = 0; i < LIMIT_OPERATORS; i++)
        for (const struct shift_part *p = shifts->of[i]; p; p = p->next) {
            if (p->from_ms > now_ms && p->from_ms < soonest_ms)
                soonest_ms = p->from_ms;
            if (p->to_ms > now_ms && p->to_ms < soonest_ms)
                soonest_ms = p->to_ms;
        }
    return soonest_ms;
}
