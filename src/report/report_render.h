/* report/report_render.h - a report as JSON, and each of its tables as CSV.
 *
 * CSV is UTF-8 by RFC 4180; a cell that a table program would take for a formula begins with
 * an apostrophe.
 * Pure. Threads: one at a time.
 */
#ifndef REPORT_REPORT_RENDER_H
#define REPORT_REPORT_RENDER_H

#include "base/buf.h"
#include "report/report_tally.h"

struct report_render {
    struct report_tally *tally;
    const char *zone;
    struct span line; /* empty: every one */
    struct budget_limits budget;
};

enum report_render_table {
    REPORT_RENDER_BY_DAY,
    REPORT_RENDER_BY_OPERATOR,
    REPORT_RENDER_MISSED,
    REPORT_RENDER_SPEND,
    REPORT_RENDER_TABLES
};
const char *report_render_table_name(enum report_render_table table);
bool report_render_table_parse(struct span text, enum report_render_table *out);

void report_render_json(const struct report_render *report, struct buf *out);
void report_render_csv(const struct report_render *report, enum report_render_table table,
                       struct buf *out);

/* "2026-11-24". */
struct span report_render_day(struct arena *arena, int64_t day);

#endif
