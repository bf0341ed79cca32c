/* api/report_api.h - GET /api/v1/reports: what came in a stretch of days, and what became of it.
 *
 * ?from= and ?to= are days of the business, both included; without, the last seven. ?line= is one
 * of its numbers. &format=csv&table= downloads a table.
 * Threads: loop thread only; it is counted on the reading thread.
 */
#ifndef API_REPORT_API_H
#define API_REPORT_API_H

#include "visit/visit.h"

visit_fn report_api;

#endif
