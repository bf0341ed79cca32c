#include "simapi/sim_filter.h"

#include <stdio.h>

#include "codec/timestamp.h"

enum { DAY_MS = 24 * 3600 * 1000, SECOND_MS = 1000, DATE_BYTES = 10 };

bool sim_filter_text(const struct sim_api *a, const char *name, const char *value)
{
    const struct span wanted = sim_api_field(a, name);

    return !wanted.size || span_is_text(wanted, value);
}

bool sim_filter_bool(const struct sim_api *a, const char *name, bool value)
{
    const struct span wanted = sim_api_field(a, name);

    return !wanted.size || span_is_nocase(wanted, SPAN("true")) == value;
}

/* The carrier keeps whole seconds. */
bool sim_filter_instant(struct span text, bool whole_day, int64_t *out_from, int64_t *out_to)
{
    const bool day = text.size == DATE_BYTES;
    char whole[TIMESTAMP_SIZE];
    int64_t at = 0;
    bool local;

    if (day) {
        snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text.data);
        text = span_of(whole);
    }
    if (!timestamp_parse(text, &at, &local) && !timestamp_parse_rfc2822(text, &at))
        return false;
    const int64_t unit_ms = day || whole_day ? DAY_MS : SECOND_MS;
    *out_from = at - at % unit_ms;
    *out_to = *out_from + unit_ms;
    return true;
}

bool sim_filter_date(const struct sim_api *a, const char *name, int64_t at_ms)
{
    static const char *const marks[] = {"", "<", ">"};
    bool met = true;

    for (size_t i = 0; i < 3; i++) {
        char key[40];
        int64_t from, to;
        snprintf(key, sizeof key, "%s%s", name, marks[i]);
        if (!sim_filter_instant(sim_api_field(a, key), i == 0, &from, &to))
            continue;
        const bool early = at_ms < from, late = at_ms >= to;
        if (!at_ms || (i != 1 && early) || (i != 2 && late))
            met = false;
    }
    return met;
}

bool sim_filter_between(const struct sim_api *a, const char *since, const char *until,
                        int64_t at_ms)
{
    int64_t from, to;

    if (sim_filter_instant(sim_api_field(a, since), false, &from, &to) && at_ms < from)
        return false;
    return !sim_filter_instant(sim_api_field(a, until), false, &from, &to) || at_ms < to;
}
