#include "model/wall.h"

#include <stdbool.h>

/* No zone is further than this from UTC. */
static const int64_t widest_ms = 26 * 3600000;
static const int64_t day_ms = 86400000;

/* Index of the change that holds at `at_ms`. */
static size_t change_at(const struct zone *zone, int64_t at_ms)
{
    size_t low = 0, high = zone->count;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].from_ms <= at_ms)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int64_t offset_ms(const struct zone *zone, size_t change)
{
    return (int64_t)zone->changes[change].offset_s * 1000;
}

int64_t wall_time(const struct zone *zone, int64_t at_ms)
{
    return at_ms + offset_ms(zone, change_at(zone, at_ms));
}

int64_t wall_instant(const struct zone *zone, int64_t local_ms, enum wall_pass pass)
{
    const size_t first = change_at(zone, local_ms - widest_ms);
    const size_t last = change_at(zone, local_ms + widest_ms);
    int64_t found = INT64_MIN, gap_end = INT64_MIN;

    for (size_t i = first; i <= last; i++) {
        const int64_t at = local_ms - offset_ms(zone, i);
        const bool begun = i == first || at >= zone->changes[i].from_ms;
        const bool ended = i < last && at >= zone->changes[i + 1].from_ms;

        if (begun && !ended && (found == INT64_MIN || pass == WALL_LAST))
            found = at;
        if (ended && local_ms - offset_ms(zone, i + 1) < zone->changes[i + 1].from_ms)
            gap_end = zone->changes[i + 1].from_ms;
    }
    return found != INT64_MIN ? found : gap_end;
}

int64_t wall_day(int64_t local_ms)
{
    return (local_ms - (((local_ms % day_ms) + day_ms) % day_ms)) / day_ms;
}
