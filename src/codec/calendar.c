#include "codec/calendar.h"

#include <libical/icalparser.h>
#include <libical/icaltimezone.h>
#include <stdbool.h>
#include <string.h>

#include "model/wall.h"

enum {
    STEPS_MAX = 100000,  /* occurrences that one feed may have looked at */
    REPLACED_MAX = 2000, /* occurrences that have an event of their own */
    DATES_MAX = 1000,    /* RRULE, RDATE or EXDATE of one event */
};
static const int64_t day_ms = 86400000;

struct replaced {
    const char *uid;
    int64_t at_ms;
};

struct reading {
    struct arena *arena;
    const struct zone *zone;
    struct stretch window;
    struct stretch *list;
    size_t count;
    struct replaced *replaced;
    size_t replaced_count;
    int64_t *excepted; /* of the event that is being read */
    size_t excepted_count;
    icalproperty **properties; /* the same */
    int events, steps;
};

/* ---- instants ---- */

static int64_t local_ms(struct icaltimetype t)
{
    t.zone = NULL;
    t.is_date = 0;
    return (int64_t)icaltime_as_timet(t) * 1000;
}

static int32_t offset_s(icaltimezone *zone, int64_t at_s)
{
    struct icaltimetype utc =
        icaltime_from_timet_with_zone((time_t)at_s, 0, icaltimezone_get_utc_timezone());
    int is_daylight;

    return icaltimezone_get_utc_offset_of_utc_time(zone, &utc, &is_daylight);
}

static int64_t offset_ms(icaltimezone *zone, int64_t at_ms)
{
    return (int64_t)offset_s(zone, at_ms / 1000) * 1000;
}

/* RFC 5545, 3.3.5: a repeated time is its first pass, a skipped one goes by the offset before the
 * change. libical takes the other pass and the other offset. */
static int64_t zoned(icaltimezone *zone, int64_t local)
{
    const int64_t before = offset_ms(zone, local - day_ms), after = offset_ms(zone, local + day_ms);
    const bool is_before = before == after || offset_ms(zone, local - before) == before ||
                           offset_ms(zone, local - after) != after;

    return local - (is_before ? before : after);
}

/* A day begins and ends when midnight is shown for the first time. */
static int64_t instant(const struct reading *r, struct icaltimetype t, enum wall_pass pass)
{
    if (t.is_date || !t.zone)
        return wall_instant(r->zone, local_ms(t), t.is_date ? WALL_FIRST : pass);
    return zoned((icaltimezone *)t.zone, local_ms(t));
}

/* From beginning to end on the clocks. */
static int64_t length_ms(icalcomponent *event, struct icaltimetype start)
{
    icalproperty *end_property = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
    icalproperty *length = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);

    if (length)
        return (int64_t)icaldurationtype_as_int(icalproperty_get_duration(length)) * 1000;
    if (!end_property)
        return start.is_date ? day_ms : 0;
    struct icaltimetype end = icalcomponent_get_dtend(event);
    if (start.zone && end.zone && start.zone != end.zone)
        end = icaltime_convert_to_zone(end, (icaltimezone *)start.zone);
    return local_ms(end) - local_ms(start);
}

static struct icaltimetype later(struct icaltimetype t, int64_t ms)
{
    icaltime_adjust(&t, (int)(ms / day_ms), 0, 0, (int)(ms % day_ms / 1000));
    return t;
}

/* ---- one event ---- */

static enum err add(struct reading *r, struct icaltimetype start, int64_t ms)
{
    struct icaltimetype end = start;

    if (ms % day_ms)
        end.is_date = 0;
    end = later(end, ms);
    const struct stretch s = {instant(r, start, WALL_FIRST), instant(r, end, WALL_LAST)};
    if (s.to_ms <= s.from_ms || s.to_ms <= r->window.from_ms || s.from_ms >= r->window.to_ms)
        return ERR_NONE;
    if (r->count == LIMIT_STRETCHES)
        return ERR_FULL;
    r->list[r->count++] = s;
    return ERR_NONE;
}

static bool is_listed(const struct reading *r, const char *uid, int64_t at_ms)
{
    for (size_t i = 0; uid && i < r->replaced_count; i++)
        if (r->replaced[i].at_ms == at_ms && strcmp(r->replaced[i].uid, uid) == 0)
            return true;
    return false;
}

/* A component has one place for whoever walks it, so its properties are listed first. */
static int list_properties(struct reading *r, icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *p = icalcomponent_get_first_property(event, kind);
    int count = 0;

    for (; p && count < DATES_MAX; p = icalcomponent_get_next_property(event, kind))
        r->properties[count++] = p;
    return p ? DATES_MAX + 1 : count;
}

static enum err list_excepted(struct reading *r, icalcomponent *event)
{
    const int count = list_properties(r, event, ICAL_EXDATE_PROPERTY);

    r->excepted_count = 0;
    for (int i = 0; i < count && i < DATES_MAX; i++) {
        const struct icaltimetype t =
            icalproperty_get_datetime_with_component(r->properties[i], event);
        r->excepted[r->excepted_count++] = instant(r, t, WALL_FIRST);
    }
    return count > DATES_MAX ? ERR_FULL : ERR_NONE;
}

static bool is_excepted(const struct reading *r, int64_t at_ms)
{
    for (size_t i = 0; i < r->excepted_count; i++)
        if (r->excepted[i] == at_ms)
            return true;
    return false;
}

static enum err add_unless_excepted(struct reading *r, icalcomponent *event, struct icaltimetype t,
                                    int64_t ms)
{
    const int64_t at_ms = instant(r, t, WALL_FIRST);

    if (is_excepted(r, at_ms) || is_listed(r, icalcomponent_get_uid(event), at_ms))
        return ERR_NONE;
    return add(r, t, ms);
}

/* A rule that could run for ever before it meets the window is refused. */
static bool is_followed(const struct icalrecurrencetype *rule)
{
    return rule->freq >= ICAL_HOURLY_RECURRENCE && rule->freq <= ICAL_YEARLY_RECURRENCE;
}

static enum err follow(struct reading *r, icalcomponent *event, struct icalrecurrencetype rule,
                       struct icaltimetype start, int64_t ms)
{
    enum err err = ERR_NONE;

    if (!is_followed(&rule))
        return ERR_BAD_INPUT;
    icalrecur_iterator *i = icalrecur_iterator_new(rule, start);
    if (!i)
        return ERR_BAD_INPUT;
    if (rule.count == 0) { /* what is counted has to be counted from its beginning */
        struct icaltimetype from = icaltime_from_timet_with_zone(
            (time_t)((r->window.from_ms - ms) / 1000 - 2 * 86400), start.is_date, NULL);
        from.zone = start.zone;
        if (icaltime_compare(from, start) > 0)
            (void)icalrecur_iterator_set_start(i, from);
    }
    for (;;) {
        const struct icaltimetype t = icalrecur_iterator_next(i);
        if (icaltime_is_null_time(t) || instant(r, t, WALL_FIRST) >= r->window.to_ms)
            break;
        if (++r->steps > STEPS_MAX)
            err = ERR_FULL;
        else
            err = add_unless_excepted(r, event, t, ms);
        if (err)
            break;
    }
    icalrecur_iterator_free(i);
    return err;
}

static bool is_cancelled(icalcomponent *event)
{
    return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
}

static bool has(icalcomponent *event, icalproperty_kind kind)
{
    return icalcomponent_get_first_property(event, kind) != NULL;
}

static enum err add_date(struct reading *r, icalcomponent *event, icalproperty *date,
                         struct icaltimetype start, int64_t ms)
{
    struct icaltimetype t = icalproperty_get_rdate(date).time;

    if (!t.zone)
        t.zone = start.zone;
    return icaltime_is_null_time(t) ? ERR_NONE : add_unless_excepted(r, event, t, ms);
}

static enum err read_event(struct reading *r, icalcomponent *event)
{
    const struct icaltimetype start = icalcomponent_get_dtstart(event);
    enum err err = ERR_NONE;

    if (++r->events > CALENDAR_EVENTS_MAX)
        return ERR_FULL;
    if (is_cancelled(event) || icaltime_is_null_time(start))
        return ERR_NONE;
    const int64_t ms = length_ms(event, start);
    if (ms <= 0 || ms > 366 * day_ms)
        return ERR_NONE;
    if (has(event, ICAL_RECURRENCEID_PROPERTY))
        return add(r, start, ms);
    err = list_excepted(r, event);
    const int rules = list_properties(r, event, ICAL_RRULE_PROPERTY);
    if (!err && rules == 0)
        err = add_unless_excepted(r, event, start, ms);
    for (int i = 0; i < rules && !err; i++)
        err = rules > DATES_MAX
                  ? ERR_FULL
                  : follow(r, event, icalproperty_get_rrule(r->properties[i]), start, ms);
    const int dates = list_properties(r, event, ICAL_RDATE_PROPERTY);
    for (int i = 0; i < dates && !err; i++)
        err = dates > DATES_MAX ? ERR_FULL : add_date(r, event, r->properties[i], start, ms);
    return err;
}

/* ---- the feed ---- */

/* Occurrences that have an event of their own, be it a cancelled one. */
static enum err list_replaced(struct reading *r, icalcomponent *calendar)
{
    icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);

    for (; e; e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        const char *uid = icalcomponent_get_uid(e);
        if (!uid || !has(e, ICAL_RECURRENCEID_PROPERTY))
            continue;
        if (r->replaced_count == REPLACED_MAX)
            return ERR_FULL;
        const struct icaltimetype t = icalcomponent_get_recurrenceid(e);
        r->replaced[r->replaced_count++] = (struct replaced){uid, instant(r, t, WALL_FIRST)};
    }
    return ERR_NONE;
}

static enum err read_calendar(struct reading *r, icalcomponent *calendar)
{
    enum err err = list_replaced(r, calendar);
    icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);

    for (; e && !err; e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        err = read_event(r, e);
    return err;
}

enum err calendar_expand(struct arena *arena, struct span text, const struct zone *zone,
                         const struct stretch *window, struct stretch **out, size_t *out_count)
{
    struct reading r = {.arena = arena, .zone = zone, .window = *window};
    enum err err = ERR_BAD_INPUT;

    if (text.size > CALENDAR_BYTES_MAX)
        return ERR_FULL;
    if (text.size == 0 || memchr(text.data, 0, text.size))
        return ERR_BAD_INPUT;
    icaltimezone_set_builtin_tzdata(0);
    icalcomponent *root = icalparser_parse_string(arena_text(arena, text));
    if (!root)
        return ERR_BAD_INPUT;
    r.list = ARENA_NEW_N(arena, struct stretch, LIMIT_STRETCHES);
    r.excepted = ARENA_NEW_N(arena, int64_t, DATES_MAX);
    r.properties = ARENA_NEW_N(arena, icalproperty *, DATES_MAX);
    r.replaced = ARENA_NEW_N(arena, struct replaced, REPLACED_MAX);
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) {
        err = read_calendar(&r, root);
    } else {
        icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
        for (err = c ? ERR_NONE : ERR_BAD_INPUT; c && !err;
             c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
            err = read_calendar(&r, c);
    }
    icalcomponent_free(root);
    if (err)
        return err;
    *out = r.list;
    *out_count = r.count;
    return ERR_NONE;
}

/* ---- the system's zones ---- */

const struct calendar_zone *calendar_zone_find(const char *name)
{
    if (strcmp(name, "UTC") == 0)
        return (const struct calendar_zone *)icaltimezone_get_utc_timezone();
    icaltimezone_set_builtin_tzdata(0);
    return (const struct calendar_zone *)icaltimezone_get_builtin_timezone(name);
}

int32_t calendar_zone_offset_s(const struct calendar_zone *zone, int64_t at_s)
{
    return offset_s((icaltimezone *)(uintptr_t)zone, at_s);
}
