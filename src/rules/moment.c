#include "rules/moment.h"

#include "model/wall.h"

enum { MINUTE_MS = 60000, WEEK_DAYS = 7 };
static const int64_t day_ms = INT64_C(24) * 3600000;

struct span moment_words(struct arena *arena, const struct zone *zone, int64_t at_ms,
                         int64_t now_ms)
{
    static const char *const days[WEEK_DAYS] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    const int64_t local_ms = zone ? wall_time(zone, at_ms) : at_ms;
    const int64_t day = wall_day(local_ms);
    const int64_t ahead = day - wall_day(zone ? wall_time(zone, now_ms) : now_ms);
    const int minute = (int)((local_ms - day * day_ms) / MINUTE_MS);
    const char *name = days[(day % WEEK_DAYS + WEEK_DAYS) % WEEK_DAYS];

    if (ahead == 0)
        return span_of(arena_printf(arena, "%02d:%02d", minute / 60, minute % 60));
    if (ahead > 0 && ahead < WEEK_DAYS)
        return span_of(arena_printf(arena, "%s %02d:%02d", name, minute / 60, minute % 60));
    return span_of(
        arena_printf(arena, "%s %02d:%02d in %d days", name, minute / 60, minute % 60, (int)ahead));
}
