#include "rules/hours.h"

#include <stddef.h>

#include "base/check.h"
#include "model/wall.h"

static const int64_t minute_ms = 60000;
static const int64_t day_ms = 86400000;

struct shift {
    int64_t from_ms, to_ms; /* empty when from is not below to */
};

static int64_t local_day(const struct zone *zone, int64_t at_ms)
{
    return wall_day(wall_time(zone, at_ms));
}

/* Day 0, 1970-01-01, was a Thursday: bit 3. */
static bool rule_has_day(const struct hours *rule, int64_t day)
{
    const int64_t week_day = ((day + 3) % 7 + 7) % 7;

    return (rule->days >> week_day) & 1;
}

static struct shift shift_on(const struct roster_operator *o, const struct hours *rule, int64_t day)
{
    const int64_t midnight = day * day_ms;
    const int64_t overnight = rule->to_min <= rule->from_min ? day_ms : 0;

    return (struct shift){
        wall_instant(o->zone, midnight + rule->from_min * minute_ms, WALL_FIRST),
        wall_instant(o->zone, midnight + overnight + rule->to_min * minute_ms, WALL_LAST)};
}

/* The latest end of the shifts that cover `at_ms`; `at_ms` itself when none does. */
static int64_t covered_until(const struct roster_operator *o, int64_t at_ms)
{
    const int64_t today = local_day(o->zone, at_ms);
    int64_t until = at_ms;

    for (int i = 0; i < o->hours_count; i++)
        for (int64_t day = today - 2; day <= today + 1; day++) {
            if (!rule_has_day(&o->hours[i], day))
                continue;
            const struct shift s = shift_on(o, &o->hours[i], day);
            if (s.from_ms <= at_ms && at_ms < s.to_ms && s.to_ms > until)
                until = s.to_ms;
        }
    return until;
}

/* The earliest beginning after `at_ms` of a shift that is not empty. */
static int64_t begins_after(const struct roster_operator *o, int64_t at_ms)
{
    const int64_t today = local_day(o->zone, at_ms);
    int64_t soonest = INT64_MAX;

    for (int i = 0; i < o->hours_count; i++)
        for (int64_t day = today - 1; day <= today + HOURS_AHEAD_DAYS + 1; day++) {
            if (!rule_has_day(&o->hours[i], day))
                continue;
            const struct shift s = shift_on(o, &o->hours[i], day);
            if (s.from_ms > at_ms && s.from_ms < s.to_ms && s.from_ms < soonest)
                soonest = s.from_ms;
        }
    return soonest;
}

bool hours_on(const struct roster_operator *o, int64_t now_ms)
{
    CHECK(o->hours_count == 0 || (o->zone && o->zone->count > 0));
    return o->hours_count == 0 || covered_until(o, now_ms) > now_ms;
}

int64_t hours_next_change(const struct roster_operator *o, int64_t now_ms)
{
    const int64_t horizon = now_ms + HOURS_AHEAD_DAYS * day_ms;

    if (o->hours_count == 0)
        return INT64_MAX;
    int64_t until = covered_until(o, now_ms);
    if (until == now_ms)
        until = begins_after(o, now_ms);
    else /* shifts that follow on one another are one stretch */
        for (int64_t more = covered_until(o, until); more > until && until <= horizon;
             more = covered_until(o, until))
            until = more;
    return until <= horizon ? until : INT64_MAX;
}

int64_t hours_next_on(const struct roster_operator *o, int64_t now_ms)
{
    const int64_t horizon = now_ms + HOURS_AHEAD_DAYS * day_ms;
    int64_t off_ms = now_ms;

    if (hours_on(o, now_ms))
        off_ms = hours_next_change(o, now_ms);
    if (off_ms == INT64_MAX)
        return INT64_MAX;
    const int64_t on_ms = begins_after(o, off_ms);
    return on_ms <= horizon ? on_ms : INT64_MAX;
}
