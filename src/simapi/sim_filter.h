/* simapi/sim_filter.h - what a list is narrowed by: texts, dates with the operator in the name.
 *
 * Each is true when the filter is absent.
 * Threads: any.
 * Source: sections 5.1 and 5.2 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_FILTER_H
#define SIMAPI_SIM_FILTER_H

#include "simapi/sim_api.h"

bool sim_filter_text(const struct sim_api *a, const char *name, const char *value);
/* "true" or "false". */
bool sim_filter_bool(const struct sim_api *a, const char *name, bool value);
/* The three filters of a date: NAME is its day, NAME> from then on, NAME< until then; a day
 * stands for all of it, an instant for its second. Also the SDK's spellings NAME>= and NAME<=
 * (the '=' is the form's own) and After/Before. An unreadable one filters nothing. An instant
 * of 0 (not yet) meets none. */
bool sim_filter_date(const struct sim_api *a, const char *name, int64_t at_ms);
/* Two names of their own for the ends, both included: StartDate and EndDate. */
bool sim_filter_between(const struct sim_api *a, const char *from, const char *to, int64_t at_ms);
/* A date or an instant in either of the carrier's spellings, as [from, to). */
bool sim_filter_instant(struct span text, bool whole_day, int64_t *out_from, int64_t *out_to);

#endif
