#include "model/roster.h"

#include <stddef.h>

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

static int find_name(const char *const *names, int count, struct span text)
{
    for (int i = 0; i < count; i++)
        if (span_is_text(text, names[i]))
            return i;
    return -1;
}

bool anonymous_parse(struct span text, enum anonymous *out)
{
    const int i = find_name(anonymous_names, ANONYMOUSES, text);

    if (i >= 0)
        *out = (enum anonymous)i;
    return i >= 0;
}

bool screening_parse(struct span text, enum screening *out)
{
    const int i = find_name(screening_names, SCREENINGS, text);

    if (i >= 0)
        *out = (enum screening)i;
    return i >= 0;
}

const char *accept_name(enum accept accept)
{
    return accept_names[accept];
}

bool accept_parse(struct span text, enum accept *out)
{
    const int i = find_name(accept_names, ACCEPTS, text);

    if (i >= 0)
        *out = (enum accept)i;
    return i >= 0;
}

const char *caller_id_name(enum caller_id caller_id)
{
    return caller_id_names[caller_id];
}

bool caller_id_parse(struct span text, enum caller_id *out)
{
    const int i = find_name(caller_id_names, CALLER_IDS, text);

    if (i >= 0)
        *out = (enum caller_id)i;
    return i >= 0;
}

const char *prealert_name(enum prealert p)
{
    return prealert_names[p];
}

bool prealert_parse(struct span text, enum prealert *out)
{
    const int i = find_name(prealert_names, PREALERTS, text);

    if (i >= 0)
        *out = (enum prealert)i;
    return i >= 0;
}

const char *ring_how_name(enum ring_how how)
{
    return ring_how_names[how];
}

bool ring_how_parse(struct span text, enum ring_how *out)
{
    const int i = find_name(ring_how_names, RING_HOWS, text);

    if (i >= 0)
        *out = (enum ring_how)i;
    return i >= 0;
}
