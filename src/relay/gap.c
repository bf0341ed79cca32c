#include "relay/gap.h"

#include "rules/moment.h"
#include "rules/route.h"

enum { GAPS_MOST = 16 }; /* of a line, at one look */
static const int64_t hour_ms = 3600000;
static const int64_t day_ms = INT64_C(24) * 3600000;
static const int64_t apart_ms = 7919; /* tenants do not all look at the same moment */

/* A gap that was told is known by two keys: one of its end alone, for when it is under way. */
struct gap {
    const struct line *line;
    struct stretch when;
    struct span whole, end;
    bool is_known;
};

static struct span end_key(const struct context *c, const struct gap *g)
{
    struct arena *arena = c->facts->arena;
    const char *line = g->line->number;

    if (g->when.to_ms != INT64_MAX)
        return span_of(arena_printf(arena, "gap:%s:%lld", line, (long long)g->when.to_ms));
    return span_of(
        arena_printf(arena, "gap:%s:day %lld", line, (long long)(c->facts->now_ms / day_ms)));
}

static struct span whole_key(const struct context *c, const struct gap *g)
{
    return span_of(arena_printf(c->facts->arena, "gap:%s:%lld-%lld", g->line->number,
                                (long long)g->when.from_ms, (long long)g->when.to_ms));
}

/* Both are asked for, so that one load has them. */
static void look_up(const struct context *c, struct gap *g)
{
    const int32_t tenant = c->event->tenant;
    const bool is_under_way = g->when.from_ms <= c->facts->now_ms;

    g->whole = whole_key(c, g);
    g->end = end_key(c, g);
    const bool whole = facts_is_claimed(c->facts, tenant, g->whole);
    const bool end = facts_is_claimed(c->facts, tenant, g->end);
    g->is_known = is_under_way ? end : whole;
}

/* The line's gaps that begin within a day. */
static int find(const struct context *c, const struct line *line, struct gap out[GAPS_MOST])
{
    const int64_t to_ms = c->facts->now_ms + day_ms;
    int64_t from_ms = c->facts->now_ms;
    int count = 0;

    while (count < GAPS_MOST && from_ms < to_ms) {
        struct gap g = {.line = line};
        if (!route_gap(c->roster, line, context_duties(c), from_ms, to_ms, &g.when))
            break;
        look_up(c, &g);
        out[count++] = g;
        from_ms = g.when.to_ms;
    }
    return count;
}

bool gap_gather(const struct context *c)
{
    struct gap gaps[GAPS_MOST];

    for (int i = 0; i < c->roster->line_count; i++)
        (void)find(c, &c->roster->lines[i], gaps);
    return !c->facts->short_of;
}

static void claim(const struct context *c, struct span key)
{
    if (!facts_is_claimed(c->facts, c->event->tenant, key))
        facts_claim(c->facts, c->event->tenant, key, id_next(c->facts->ids, c->facts->now_ms));
}

static void raise(const struct context *c, const struct gap *g)
{
    struct arena *arena = c->facts->arena;
    const struct zone *zone = c->roster->zone;
    const int64_t now_ms = c->facts->now_ms;
    const struct span from = g->when.from_ms <= now_ms
                                 ? SPAN("now")
                                 : moment_words(arena, zone, g->when.from_ms, now_ms);
    const struct span to = g->when.to_ms == INT64_MAX
                               ? SPAN("nobody knows when")
                               : moment_words(arena, zone, g->when.to_ms, now_ms);

    claim(c, g->whole);
    claim(c, g->end);
    context_alarm(c, "duty.gap", 0, 0,
                  arena_printf(arena, "%s: nobody is on duty from %.*s until %.*s (%s)",
                               g->line->number, SPAN_ARG(from), SPAN_ARG(to),
                               zone ? zone->name : "UTC"));
}

/* Fixed moments of each hour: however often it is put, it stands once. */
static void watch(const struct context *c)
{
    const int32_t tenant = c->event->tenant;
    const int64_t offset_ms = tenant * apart_ms % hour_ms;
    const int64_t hours = (c->facts->now_ms - offset_ms) / hour_ms + 1;
    const struct timer timer = {
        .due_ms = hours * hour_ms + offset_ms, .tenant = tenant, .kind = TIMER_GAPS};

    if (c->roster->line_count > 0)
        facts_put_timer(c->facts, &timer);
}

void gap_look(const struct context *c)
{
    struct gap gaps[GAPS_MOST];

    for (int i = 0; i < c->roster->line_count; i++) {
        const int count = find(c, &c->roster->lines[i], gaps);
        for (int k = 0; k < count; k++)
            if (!gaps[k].is_known)
                raise(c, &gaps[k]);
    }
    watch(c);
}

enum err gap_timer(const struct context *c)
{
    struct timer gone = c->event->timer;

    if (!gap_gather(c))
        return ERR_BUSY;
    if (gone.due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    gap_look(c);
    return ERR_NONE;
}
