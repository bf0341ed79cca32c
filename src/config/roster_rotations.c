#include "config/roster_rotations.h"

#include "codec/timestamp.h"
#include "config/nearest.h"
#include "config/roster_hours.h"
#include "config/roster_people.h"

enum {
    WORD_MAX = 100,
    HOURS_MAX = 24 * 366,
    DAYS_MAX = 366,
    WEEKS_MAX = 52,
    DAY_HOURS = 24,
    WEEK_HOURS = 168,
};

static const int64_t minute_ms = 60000, hour_ms = 3600000, day_ms = 86400000;
/* Monday, 5 January 2026: where a rotation begins that does not say when. */
static const int64_t first_monday_ms = INT64_C(1767571200000);

static const char *const zone_keys[] = {"time_zone", "timezone", NULL};
static const char *const rotation_keys[] = {"operators", "every",    "hand_over", "start",
                                            "time_zone", "timezone", "note",      NULL};
static const char *const every_keys[] = {"hours", "days", "weeks", NULL};
static const char every_mend[] = "\"day\", \"week\", {\"days\": 3}, {\"weeks\": 2} or "
                                 "{\"hours\": 12}";

static void read_members(struct roster_draft *d, const struct doc_node *node, struct rotation *r)
{
    const struct doc_node *list = doc_get(d->doc, node, "operators");
    const size_t count = doc_count(list);

    if (!list) {
        doc_mistake(d->doc, node, "names nobody; give \"operators\": [\"...\", \"...\"]");
        return;
    }
    if (!doc_is(d->doc, list, JSON_LIST, "a list of dispatchers, in their order"))
        return;
    if (count == 0 || count > LIMIT_STEP_OPERATORS)
        doc_mistake(d->doc, list, "has %zu operators; a rotation has 1 to %d", count,
                    LIMIT_STEP_OPERATORS);
    for (size_t i = 0; i < count && i < LIMIT_STEP_OPERATORS; i++) {
        const struct doc_node *item = doc_item(d->doc, list, i);
        const int index = roster_people_find(d, item);
        for (int k = 0; index >= 0 && k < r->operator_count; k++)
            if (r->operators[k] == index)
                doc_mistake(d->doc, item, "\"%s\" is in this rotation twice",
                            d->operators[index].id);
        if (index >= 0)
            r->operators[r->operator_count++] = (uint16_t)index;
    }
}

/* Hours from one hand-over to the next; 0 with the mistake listed. */
static int64_t read_every(struct roster_draft *d, const struct doc_node *node)
{
    static const struct {
        int64_t max, hours;
    } units[] = {{HOURS_MAX, 1}, {DAYS_MAX, DAY_HOURS}, {WEEKS_MAX, WEEK_HOURS}};
    struct span word = {0};
    int64_t n = 0;

    if (json_type(node->value) == JSON_OBJECT && doc_count(node) == 1) {
        doc_known(d->doc, node, every_keys, true);
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
            const struct doc_node *count = doc_get(d->doc, node, every_keys[i]);
            if (count)
                return doc_number(d->doc, count, 1, units[i].max, &n) ? n * units[i].hours : 0;
        }
        return 0;
    }
    if (json_type(node->value) == JSON_TEXT)
        word = span_trim(json_text(node->value));
    if (span_is_nocase(word, SPAN("day")) || span_is_nocase(word, SPAN("daily")))
        return DAY_HOURS;
    if (span_is_nocase(word, SPAN("week")) || span_is_nocase(word, SPAN("weekly")))
        return WEEK_HOURS;
    doc_mistake(d->doc, node, "is not known; use %s", every_mend);
    return 0;
}

/* When the first one takes it: the first hand-over at or after the start, on the clocks. */
static void read_start(struct roster_draft *d, const struct doc_node *node, struct rotation *r,
                       int64_t hours)
{
    const struct doc_node *start = doc_get(d->doc, node, "start");
    const struct doc_node *over = doc_get(d->doc, node, "hand_over");
    int64_t day = first_monday_ms / day_ms;
    uint16_t minute = 9 * 60;
    uint8_t days = 0;
    struct span word;
    bool is_local = false;

    if (start) {
        if (!doc_text(d->doc, start, WORD_MAX, &word))
            return;
        const struct span noon =
            span_of(arena_printf(d->doc->scratch, "%.*sT00:00", SPAN_ARG(word)));
        int64_t at_ms;
        if (word.size != 10 || !timestamp_parse(noon, &at_ms, &is_local) || !is_local) {
            doc_mistake(d->doc, start, "\"%.*s\" is no date; write \"2026-01-05\"", SPAN_ARG(word));
            return;
        }
        day = at_ms / day_ms;
    }
    if (over) {
        if (!doc_text(d->doc, over, WORD_MAX, &word))
            return;
        if (!roster_hours_moment(word, &days, &minute) || (days & (days - 1))) {
            doc_mistake(d->doc, over, "\"%.*s\" is no hand-over; write \"09:00\" or \"mon 09:00\"",
                        SPAN_ARG(word));
            return;
        }
        if (days && hours % WEEK_HOURS != 0) {
            doc_mistake(d->doc, over,
                        "names a day, but it is not handed over by the week; write "
                        "the time alone");
            return;
        }
    }
    while (days && !(days >> (day + 3) % 7 & 1)) /* day 0 was a Thursday */
        day++;
    r->start_ms = day * day_ms + minute * minute_ms;
}

static void read_rotation(struct roster_draft *d, const struct doc_node *node, struct rotation *r)
{
    const struct doc_node *zone = doc_get_any(d->doc, node, zone_keys);
    const struct doc_node *every = doc_get(d->doc, node, "every");
    int64_t hours = WEEK_HOURS;

    if (!doc_is(d->doc, node, JSON_OBJECT,
                "an object: {\"operators\": [...], \"every\": \"week\"}"))
        return;
    doc_known(d->doc, node, rotation_keys, true);
    read_members(d, node, r);
    r->zone = zone ? roster_draft_zone(d, zone) : d->roster.zone;
    if (every)
        hours = read_every(d, every);
    r->every_ms = hours * hour_ms;
    read_start(d, node, r, hours);
}

static bool is_id(struct span id)
{
    for (size_t i = 0; i < id.size; i++)
        if ((unsigned char)id.data[i] <= 32 || id.data[i] == 127)
            return false;
    return id.size > 0 && id.size < LIMIT_SLUG_SIZE;
}

void roster_rotations_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *all = doc_get(d->doc, top, "rotations");
    const size_t count = doc_count(all);

    if (!all || !doc_is(d->doc, all, JSON_OBJECT, "an object: {\"front\": {\"operators\": [...]}}"))
        return;
    if (count > LIMIT_ROTATIONS) {
        doc_mistake(d->doc, all, "has %zu rotations; %d are the limit", count, LIMIT_ROTATIONS);
        return;
    }
    struct rotation *list = ARENA_NEW_N(d->arena, struct rotation, count + 1);
    d->roster.rotations = list;
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *node = doc_item(d->doc, all, i);
        if (!is_id(node->key)) {
            doc_mistake(d->doc, node, "is no id of a rotation: 1 to %d characters without blanks",
                        LIMIT_SLUG_SIZE - 1);
            continue;
        }
        struct rotation *r = &list[d->roster.rotation_count++];
        roster_draft_copy(r->id, sizeof r->id, node->key);
        read_rotation(d, node, r);
    }
}

int roster_rotations_find(struct roster_draft *d, const struct doc_node *node, struct span id)
{
    struct nearest nearest = nearest_to(id);

    for (int i = 0; i < d->roster.rotation_count; i++) {
        if (span_is_text(id, d->roster.rotations[i].id))
            return i;
        nearest_show(&nearest, span_of(d->roster.rotations[i].id));
    }
    if (nearest.best.data)
        doc_mistake(d->doc, node, "\"%.*s\" is no rotation; did you mean \"%.*s\"?", SPAN_ARG(id),
                    SPAN_ARG(nearest.best));
    else
        doc_mistake(d->doc, node, "\"%.*s\" is no rotation; add it to \"rotations\"", SPAN_ARG(id));
    return -1;
}
