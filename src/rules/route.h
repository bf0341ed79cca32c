/* rules/route.h - makes a plan: who is asked about a call or a text, in which order, and why.
 *
 * The thread's owner first, then the job's operator, then whom job_routing names for the job
 * (of several the one with fewest open threads, then the order written), then the chain of the
 * line, without those off duty and without the caller himself. Nobody stands in it twice, but as
 * "earlier". A place of a rotation is its holder's; somebody who swapped has his place taken by who
 * stands in for him. Who is on duty, and why, is told by rules/schedule.h. Pure. Threads: any.
 * Units: instants are UTC milliseconds. Source: docs/adr/0004-relay-escalation.md.
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
    struct span job_operator;    /* ... whose job it is, before the roster's; empty without */
    const int64_t *burdens;      /* of those whom the roster names for the job; NULL: not known */
    const struct duties *duties; /* NULL: nobody said anything of himself */
    bool for_call; /* those of a step that is not parallel ring one after the other: each a step */
};

/* Fills *out. */
void route_plan(const struct roster *roster, const struct route_ask *ask, int64_t now_ms,
                struct plan *out);

/* Why an operator (an index) would be left out at `now_ms`; a reason that is taken otherwise.
 * Who has left the roster (-1) is off duty. */
enum reason route_reason(const struct roster *roster, const struct duties *duties,
                         int operator_index, int64_t now_ms);

/* The first instant after `now_ms` at which somebody on the line's chain comes on duty.
 * INT64_MAX when nobody does within SCHEDULE_AHEAD_DAYS. */
int64_t route_next_on(const struct roster *roster, const struct line *line,
                      const struct duties *duties, int64_t now_ms);
/* The first stretch that begins in [from_ms, to_ms) in which nobody on the line's chain is on
 * duty; its end is INT64_MAX when none is known. False without. */
bool route_gap(const struct roster *roster, const struct line *line, const struct duties *duties,
               int64_t from_ms, int64_t to_ms, struct stretch *out);

#endif
