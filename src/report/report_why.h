/* report/report_why.h - why nobody took a call or a text, in plain words.
 *
 * Pure. Threads: any.
 */
#ifndef REPORT_REPORT_WHY_H
#define REPORT_REPORT_WHY_H

#include "base/arena.h"
#include "base/span.h"
#include "model/plan.h"
#include "model/rows.h"

struct report_why {
    const struct plan *plan; /* NULL: none is known */
    /* Name of somebody on the plan. */
    const char *(*name)(void *ctx, const char *operator_id);
    void *ctx;
};

/* Of a call that ended so after that time. */
struct span report_why_call(struct arena *arena, const struct report_why *why, enum outcome outcome,
                            int64_t waited_ms);
/* Of a text, or of a job's trouble. */
struct span report_why_text(struct arena *arena, const struct report_why *why);

#endif
