/* model/report_only.h - a line that goes live: for a day at most, webhooks of it whose signature is
 * wrong are handled all the same, and counted.
 *
 * Plain data, as in model/rows.h. What such a webhook brings about is sent to nobody but the
 * roster's operators (rules/restraint.h).
 * Source: docs/adr/0039-report-only.md.
 */
#ifndef MODEL_REPORT_ONLY_H
#define MODEL_REPORT_ONLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "model/limits.h"

static const int64_t report_only_ms = INT64_C(24) * 3600 * 1000;  /* never longer */
static const int64_t report_only_alarm_ms = INT64_C(3600) * 1000; /* between two alarms */

struct report_only {
    int32_t tenant;
    char line[LIMIT_NUMBER_SIZE];
    int64_t since_ms, until_ms; /* since inclusive, until exclusive */
    char by[LIMIT_NAME_SIZE];   /* who switched it on, for people */
};

struct report_only_list {
    const struct report_only *rows;
    size_t count;
};

/* The row of that line that is in force at `now_ms`; NULL: none is. */
const struct report_only *report_only_find(const struct report_only_list *list, int32_t tenant,
                                           struct span line, int64_t now_ms);
/* How many of a tenant's (0: of all) are in force. */
size_t report_only_count(const struct report_only_list *list, int32_t tenant, int64_t now_ms);
/* Which of its alarms is due, from 0; -1: it is not in force. */
int report_only_turn(const struct report_only *row, int64_t now_ms);

#endif
