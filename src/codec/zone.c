#include "codec/zone.h"

#include <string.h>

#include "base/span.h"
#include "codec/calendar.h"

/* A step is short enough that no zone changes twice within it and ends where it began. */
static const int64_t first_s = 1577836800, last_s = 2366841600; /* 2020-01-01, 2045-01-01 */
static const int64_t step_s = 7 * 86400;

enum { CHANGES_MAX = 256 };

/* The name is put behind a folder's, so it must not lead out of it. */
static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_+-/";
    const size_t size = strlen(name);

    return size > 0 && size < ZONE_NAME_SIZE && name[0] != '/' && strspn(name, allowed) == size;
}

/* The first second after `before_s` at which another offset than the one there holds. */
static int64_t find_change(const struct calendar_zone *zone, int64_t before_s, int64_t after_s)
{
    const int32_t was = calendar_zone_offset_s(zone, before_s);

    while (after_s - before_s > 1) {
        const int64_t middle_s = before_s + (after_s - before_s) / 2;
        if (calendar_zone_offset_s(zone, middle_s) == was)
            before_s = middle_s;
        else
            after_s = middle_s;
    }
    return after_s;
}

static size_t find_changes(const struct calendar_zone *zone, struct zone_change out[CHANGES_MAX])
{
    size_t count = 1;

    out[0] = (struct zone_change){first_s * 1000, calendar_zone_offset_s(zone, first_s)};
    for (int64_t at_s = first_s; at_s < last_s && count < CHANGES_MAX; at_s += step_s) {
        if (calendar_zone_offset_s(zone, at_s + step_s) == out[count - 1].offset_s)
            continue;
        const int64_t change_s = find_change(zone, at_s, at_s + step_s);
        out[count++] =
            (struct zone_change){change_s * 1000, calendar_zone_offset_s(zone, change_s)};
    }
    return count;
}

enum err zone_load(struct arena *arena, const char *name, const struct zone **out)
{
    struct zone_change changes[CHANGES_MAX];

    if (!is_name(name))
        return ERR_NOT_FOUND;
    const struct calendar_zone *zone = calendar_zone_find(name);
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
