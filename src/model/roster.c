#include "model/roster.h"

#include <stddef.h>

#include "model/named.h"

static const char *const anonymous_names[ANONYMOUSES] = {"ring", "voicemail", "refuse"};
static const char *const screening_names[SCREENINGS] = {"no", "voicemail", "refuse"};
static const char *const accept_names[ACCEPTS] = {"press 1", "speech", "none"};
static const char *const caller_id_names[CALLER_IDS] = {"customer", "line"};
static const char *const prealert_names[PREALERTS] = {"always", "missed only", "never"};
static const char *const ring_how_names[RING_HOWS] = {"strict", "parallel", "overlap"};

const struct line *roster_line(const struct roster *roster, struct span number)
{
    for (int i = 0; i < roster->line_count; i++)
        if (span_is_text(number, roster->lines[i].number))
            return &roster->lines[i];
    return NULL;
}

int roster_operator_by_phone(const struct roster *roster, struct span phone)
{
    for (int i = 0; i < roster->operator_count; i++)
        if (span_is_text(phone, roster->operators[i].phone))
            return i;
    return -1;
}

int roster_operator_by_id(const struct roster *roster, struct span id)
{
    for (int i = 0; i < roster->operator_count; i++)
        if (span_is_text(id, roster->operators[i].id))
            return i;
    return -1;
}

const struct job_route *roster_job_route(const struct roster *roster, struct span job)
{
    int low = 0, high = roster->route_count;

    while (low < high) {
        const int middle = (low + high) / 2;
        const int c = span_compare(roster->routes[middle].job, job);
        if (c == 0)
            return &roster->routes[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* clang-format off */
NAMED_PARSE(anonymous, ANONYMOUSES)
NAMED_PARSE(screening, SCREENINGS)
NAMED(accept, ACCEPTS)
NAMED(caller_id, CALLER_IDS)
NAMED(prealert, PREALERTS)
NAMED(ring_how, RING_HOWS)
/* clang-format on */
