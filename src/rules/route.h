/* rules/route.h - makes a plan: who is asked about a call or a text, in which order, and why.
 *
 * The thread's owner first, then the job's dispatcher, then the chain of the line, without
 * those off duty and without the caller himself. Nobody stands in it twice, but as "earlier".
 * What an operator said of himself overrules his hours until its time is over.
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 * Source: docs/adr/0004-relay-escalation.md.
 */
#ifndef RULES_ROUTE_H
#define RULES_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/facts.h"
#include "model/plan.h"
#include "model/roster.h"

struct route_ask {
    const struct line *line;
    struct span caller;          /* who calls or writes */
    struct span job;             /* empty without */
    struct span owner;           /* operator id; empty without */
    const struct duties *duties; /* NULL: nobody said anything of himself */
    bool for_call; /* those of a step that is not parallel ring one after the other: each a step */
};

/* Fills *out. */
void route_plan(const struct roster *roster, const struct route_ask *ask, int64_t now_ms,
                struct plan *out);

/* The row of what he said of himself, be its time over or not; NULL when there is none, or no
 * duties. Lives as long as these. */
const struct duty *route_duty(const struct duties *duties, const char *operator_id);

/* Why an operator (an index) would be left out at `now_ms`; a reason that is taken otherwise.
 * Who has left the roster (-1) is off duty. */
enum reason route_reason(const struct roster *roster, const struct duties *duties,
                         int operator_index, int64_t now_ms);

/* The first instant after `now_ms` at which somebody on the line's chain comes on duty: by his
 * hours, but not before what he said of himself is over. INT64_MAX when nobody does within
 * HOURS_AHEAD_DAYS. */
int64_t route_next_on(const struct roster *roster, const struct line *line,
                      const struct duties *duties, int64_t now_ms);

#endif
