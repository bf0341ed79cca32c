/* rules/restraint.h - what a line in report-only mode sends to nobody but the team.
 *
 * While wrong signatures are only reported, anybody may be whoever has called or texted. So what
 * leaves from that line, and whatever a webhook with a wrong signature has brought about at any
 * line, goes to operators on the roster alone.
 * Pure. Threads: any.
 * Source: design section 7; docs/adr/0039-report-only.md.
 */
#ifndef RULES_RESTRAINT_H
#define RULES_RESTRAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/report_only.h"
#include "model/roster.h"
#include "rules/context.h"

struct restraint {
    int32_t tenant;
    const struct roster *roster;         /* NULL: nobody is on it */
    const struct report_only_list *open; /* NULL: no line is in report-only mode */
    int64_t now_ms;
    bool is_unproven; /* it comes of a webhook whose signature was wrong */
};

/* True when nothing may be sent from that line to that number. */
bool restraint_holds(const struct restraint *restraint, struct span line, struct span to);
/* The same within a decision. */
bool restraint_of(const struct context *c, struct span line, struct span to);

/* For the log and for people. */
#define RESTRAINT_WORDS "not sent: the line is in report-only mode"

#endif
