#include "config/roster_schedule.h"

#include <stdlib.h>
#include <string.h>

#include "codec/timestamp.h"
#include "config/roster_people.h"
#include "model/wall.h"

enum { TIME_TEXT_MAX = 40, DATE_BYTES = 10 };

static const int64_t day_ms = 86400000;
static const char *const from_keys[] = {"from", "start", NULL};
static const char *const to_keys[] = {"to", "end", NULL};
static const char *const vacation_keys[] = {"from", "start", "to", "end", "note", NULL};
static const char *const override_keys[] = {"operator", "from", "start",      "to", "end",
                                            "on",       "note", "instead_of", NULL};

/* `is_end`: a date means the end of its day, which is when midnight is first shown. */
static bool read_time(struct roster_draft *d, const struct doc_node *node, const struct zone *zone,
                      bool is_end, int64_t *out)
{
    char text[TIME_TEXT_MAX + 8] = "";
    bool is_local = false;
    struct span word;
    int64_t at_ms;

    if (!doc_text(d->doc, node, TIME_TEXT_MAX, &word))
        return false;
    const bool is_date = word.size == DATE_BYTES;
    memcpy(text, word.data, word.size);
    if (is_date)
        memcpy(text + DATE_BYTES, "T00:00", 7);
    else if (word.size > DATE_BYTES && text[DATE_BYTES] == ' ')
        text[DATE_BYTES] = 'T';
    if (!timestamp_parse(span_of(text), &at_ms, &is_local)) {
        doc_mistake(d->doc, node,
                    "\"%.*s\" is no date and no time; write \"2026-12-24\" or "
                    "\"2026-12-24T18:00\"",
                    SPAN_ARG(word));
        return false;
    }
    if (is_local && !zone)
        return false; /* the zone's own mistake is listed */
    if (is_local)
        at_ms = wall_instant(zone, at_ms + (is_date && is_end ? day_ms : 0),
                             is_end && !is_date ? WALL_LAST : WALL_FIRST);
    *out = at_ms;
    return true;
}

/* Reads "from" and "to" (or "start" and "end") of the object; false with the mistake listed. */
static bool read_stretch(struct roster_draft *d, const struct doc_node *node,
                         const struct zone *zone, struct stretch *out)
{
    const struct doc_node *from = doc_get_any(d->doc, node, from_keys);
    const struct doc_node *to = doc_get_any(d->doc, node, to_keys);
    struct stretch s;

    if (!from || !to) {
        doc_mistake(d->doc, node, "has no \"%s\"; give a date such as \"2026-12-24\"",
                    from ? "to" : "from");
        return false;
    }
    const bool good_from = read_time(d, from, zone, false, &s.from_ms);
    const bool good_to = read_time(d, to, zone, true, &s.to_ms);
    if (!good_from || !good_to)
        return false;
    if (s.from_ms >= s.to_ms) {
        doc_mistake(d->doc, to, "is not after \"from\"; turn them round");
        return false;
    }
    *out = s;
    return true;
}

static int by_beginning(const void *a, const void *b)
{
    const struct stretch *one = a, *other = b;

    return (one->from_ms > other->from_ms) - (one->from_ms < other->from_ms);
}

size_t roster_schedule_join(struct stretch *list, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(list, count, sizeof *list, by_beginning);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && list[i].from_ms <= list[kept - 1].to_ms) {
            if (list[i].to_ms > list[kept - 1].to_ms)
                list[kept - 1].to_ms = list[i].to_ms;
        } else {
            list[kept++] = list[i];
        }
    }
    return kept;
}

static void read_vacations(struct roster_draft *d, const struct doc_node *list,
                           struct roster_operator *o)
{
    struct stretch *away;
    size_t count = doc_count(list), good = 0;

    if (!doc_is(d->doc, list, JSON_LIST,
                "a list of {\"from\": \"2026-12-24\", \"to\": "
                "\"2027-01-02\"}"))
        return;
    if (count > LIMIT_VACATIONS) {
        doc_mistake(d->doc, list, "has %zu vacations; %d are the limit", count, LIMIT_VACATIONS);
        return;
    }
    away = ARENA_NEW_N(d->arena, struct stretch, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *node = doc_item(d->doc, list, i);
        if (!doc_is(d->doc, node, JSON_OBJECT, "an object with \"from\" and \"to\""))
            continue;
        doc_known(d->doc, node, vacation_keys, true);
        good += read_stretch(d, node, o->zone, &away[good]);
    }
    o->away = away;
    o->away_count = (uint16_t)roster_schedule_join(away, good);
}

void roster_schedule_read_vacations(struct roster_draft *d)
{
    for (int i = 0; i < d->roster.operator_count; i++) {
        const struct doc_node *list = doc_get(d->doc, d->operator_nodes[i], "vacations");
        if (list)
            read_vacations(d, list, &d->operators[i]);
    }
}

static bool read_who(struct roster_draft *d, const struct doc_node *node,
                     struct roster_override *out)
{
    const struct doc_node *who = doc_get(d->doc, node, "operator");
    const struct doc_node *instead = doc_get(d->doc, node, "instead_of");
    int index = -1, of = -1;

    if (!who)
        doc_mistake(d->doc, node, "names nobody; give \"operator\": \"...\"");
    else
        index = roster_people_find(d, who);
    if (instead)
        of = roster_people_find(d, instead);
    if (index < 0 || (instead && of < 0))
        return false;
    if (index == of) {
        doc_mistake(d->doc, instead, "is the same operator; name the one who is replaced");
        return false;
    }
    out->operator_index = (uint16_t)index;
    out->instead_of = (int16_t)of;
    return true;
}

static bool read_override(struct roster_draft *d, const struct doc_node *node,
                          struct roster_override *out)
{
    const struct doc_node *on = doc_get(d->doc, node, "on");

    if (!doc_is(d->doc, node, JSON_OBJECT, "an object with \"operator\", \"from\" and \"to\""))
        return false;
    doc_known(d->doc, node, override_keys, true);
    if (!read_who(d, node, out))
        return false;
    if (on && out->instead_of >= 0)
        doc_mistake(d->doc, on, "has no meaning beside \"instead_of\"; take one of them out");
    else if (!on && out->instead_of < 0)
        doc_mistake(d->doc, node,
                    "does not say what it does; give \"on\": true, \"on\": false or "
                    "\"instead_of\": \"...\"");
    else if (on && !doc_bool(d->doc, on, &out->on))
        return false;
    const struct zone *zone = d->operators[out->operator_index].zone;
    return read_stretch(d, node, zone, &out->when);
}

void roster_schedule_read_overrides(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *list = doc_get(d->doc, top, "overrides");
    const size_t count = doc_count(list);

    if (!list || !doc_is(d->doc, list, JSON_LIST, "a list of overrides"))
        return;
    if (count > LIMIT_OVERRIDES) {
        doc_mistake(d->doc, list, "has %zu overrides; %d are the limit", count, LIMIT_OVERRIDES);
        return;
    }
    struct roster_override *kept = ARENA_NEW_N(d->arena, struct roster_override, count + 1);
    for (size_t i = 0; i < count; i++)
        if (read_override(d, doc_item(d->doc, list, i), &kept[d->roster.override_count]))
            d->roster.override_count++;
    d->roster.overrides = kept;
}
