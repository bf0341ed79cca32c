/* hooks/unproven.h - webhooks of lines in report-only mode: those whose signature is wrong are
 * taken all the same, and counted, so that whoever goes live sees what would have been refused.
 *
 * The counts are this node's, since it was switched on or the node started; the log of events has
 * each (webhook.unproven), whichever node took it.
 * Owns: the counts.
 * Threads: loop thread only.
 * Source: design section 7; docs/adr/0039-report-only.md.
 */
#ifndef HOOKS_UNPROVEN_H
#define HOOKS_UNPROVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/report_only.h"
#include "visit/visit.h"

struct unproven_count {
    uint64_t right, wrong;      /* webhooks by their signature */
    int64_t right_ms, wrong_ms; /* of the last; 0: never */
};

/* True when some line is in report-only mode: else nothing else here needs to be asked. */
bool unproven_is_any(const struct site *site);
/* The row of that line, in force now; NULL: it is not in report-only mode. */
const struct report_only *unproven_line(const struct site *site, int32_t tenant, struct span line);

/* Counts a webhook of such a line, whose signature was right; or wrong, which is logged with the
 * addresses that were tried. */
void unproven_right(struct site *site, const struct report_only *row);
void unproven_wrong(struct visit *v, const struct report_only *row, const struct form *form);
struct unproven_count unproven_count(const struct site *site, const struct report_only *row);
void unproven_close(struct site *site);

#endif
