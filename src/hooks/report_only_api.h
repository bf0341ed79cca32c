/* hooks/report_only_api.h - a tenant's lines in report-only mode: which, since when, what came; and
 * switching it.
 *
 * Threads: loop thread only.
 * Source: docs/adr/0039-report-only.md.
 */
#ifndef HOOKS_REPORT_ONLY_API_H
#define HOOKS_REPORT_ONLY_API_H

#include "visit/visit.h"

visit_fn report_only_api_list; /* all of its lines */
visit_fn report_only_api_on;   /* POST: the line in the path, for a day from now on */
visit_fn report_only_api_off;  /* DELETE */

#endif
