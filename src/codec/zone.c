#include "codec/zone.h"

#include <libical/ical.h>
#include <string.h>

#include "base/span.h"

/* A step is short enough that no zone changes twice within it and ends where it began. */
static const int64_t first_s = 1577836800, last_s = 2366841600; /* 2020-01-01, 2045-01-01 */
static const int64_t step_s = 7 * 86400;

enum { CHANGES_MAX = 256 };

/* libical puts the name behind a folder's, so it must not lead out of it. */
static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_+-/";
    const size_t size = strlen(name);

    return size > 0 && size < ZONE_NAME_SIZE && name[0] != '/' && strspn(name, allowed) == size;
}

static int32_t offset_at(icaltimezone *zone, int64_t at_s)
{
    struct icaltimetype utc =
        icaltime_from_timet_with_zone((time_t)at_s, 0, icaltimezone_get_utc_timezone());
    int is_daylight;

    return icaltimezone_get_utc_offset_of_utc_time(zone, &utc, &is_daylight);
}

/* The first second after `before_s` at which another offset than the one there holds. */
static int64_t find_change(icaltimezone *zone, int64_t before_s, int64_t after_s)
{
    const int32_t was = offset_at(zone, before_s);

    while (after_s - before_s > 1) {
        const int64_t middle_s = before_s + (after_s - before_s) / 2;
        if (offset_at(zone, middle_s) == was)
            before_s = middle_s;
        else
            after_s = middle_s;
    }
    return after_s;
}

static size_t find_changes(icaltimezone *zone, struct zone_change out[CHANGES_MAX])
{
    size_t count = 1;

    out[0] = (struct zone_change){first_s * 1000, offset_at(zone, first_s)};
    for (int64_t at_s = first_s; at_s < last_s && count < CHANGES_MAX; at_s += step_s) {
        if (offset_at(zone, at_s + step_s) == out[count - 1].offset_s)
            continue;
        const int64_t change_s = find_change(zone, at_s, at_s + step_s);
        out[count++] = (struct zone_change){change_s * 1000, offset_at(zone, change_s)};
    }
    return count;
}

enum err zone_load(struct arena *arena, const char *name, const struct zone **out)
{
    struct zone_change changes[CHANGES_MAX];
    icaltimezone *zone = NULL;

    if (!is_name(name))
        return ERR_NOT_FOUND;
    if (strcmp(name, "UTC") == 0) {
        zone = icaltimezone_get_utc_timezone();
    } else {
        icaltimezone_set_builtin_tzdata(0);
        zone = icaltimezone_get_builtin_timezone(name);
    }
    if (!zone)
        return ERR_NOT_FOUND;
    struct zone *found = ARENA_NEW(arena, struct zone);
    strcpy(found->name, name);
    found->count = find_changes(zone, changes);
    const size_t bytes = found->count * sizeof changes[0];
    found->changes = memcpy(arena_alloc(arena, bytes), changes, bytes);
    *out = found;
    return ERR_NONE;
}

const struct zone *zone_copy(struct arena *arena, const struct zone *zone)
{
    if (!zone)
        return NULL;
    struct zone *copy = ARENA_NEW(arena, struct zone);
    struct zone_change *changes = ARENA_NEW_N(arena, struct zone_change, zone->count);

    *copy = *zone;
    memcpy(changes, zone->changes, zone->count * sizeof *changes);
    copy->changes = changes;
    return copy;
}
