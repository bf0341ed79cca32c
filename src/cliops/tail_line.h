/* cliops/tail_line.h - an event of the log as one line for people: when, what, who, with whom.
 *
 * Threads: one.
 */
#ifndef CLIOPS_TAIL_LINE_H
#define CLIOPS_TAIL_LINE_H

#include <stdio.h>

#include "codec/json.h"

/* Which events are wanted; NULL: all. */
struct tail_line_filter {
    const char *kinds;         /* with commas between; "relay" or "relay." for all of them */
    const char *line;          /* a number, or its last digits */
    const char *operator_name; /* id or name */
    bool alarms_alone;
};

struct tail_line {
    FILE *to;
    bool has_colour, shows_line;
    const struct json *operators; /* the API's list of them; NULL: ids are shown */
    int64_t day;                  /* of the last line, to tell when another one begins */
};

/* `change` is the data of a stream's event of that name. */
bool tail_line_is_wanted(const struct tail_line *t, const struct tail_line_filter *filter,
                         const struct json *change);
/* What this machine's clocks showed as `local_ms`, as an instant. */
int64_t tail_line_instant(int64_t local_ms);
void tail_line_print(struct tail_line *t, struct arena *arena, const struct json *change);

#endif
