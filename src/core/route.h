/* core/route.h - makes a plan: who is asked about a call or a text, in which order, and why.
 *
 * The thread's owner first, then the job's dispatcher, then the chain of the line, without
 * those off duty and without the caller himself. Nobody stands in it twice, but as "earlier".
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 * Source: docs/adr/0004-relay-escalation.md.
 */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/plan.h"
#include "model/roster.h"

struct route_ask {
    const struct line *line;
    struct span caller; /* who calls or writes */
    struct span job;    /* empty without */
    struct span owner;  /* operator id; empty without */
    bool for_call;      /* a step's operators ring one after the other: each his own rung */
};

/* Fills *out. */
void route_plan(const struct roster *roster, const struct route_ask *ask, int64_t now_ms,
                struct plan *out);

/* Why `operator` (an index) would be left out at `now_ms`; a reason that is taken otherwise. */
enum reason route_reason(const struct roster *roster, int operator_index, int64_t now_ms);

/* The next instant at which somebody on the line's chain comes on duty; INT64_MAX when nobody
 * does within nine days. */
int64_t route_next_on(const struct roster *roster, const struct line *line, int64_t now_ms);

#endif
