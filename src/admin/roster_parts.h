/* admin/roster_parts.h - the parts of the roster in force as lists: chains, operators, overrides,
 * schedules. What is written in the document stands beside what it means.
 *
 * Threads: loop thread only.
 */
#ifndef ADMIN_ROSTER_PARTS_H
#define ADMIN_ROSTER_PARTS_H

#include "visit/visit.h"

visit_fn roster_parts_chains;
visit_fn roster_parts_chain; /* the one in the path */
visit_fn roster_parts_operators;
visit_fn roster_parts_operator;
visit_fn roster_parts_lines;
visit_fn roster_parts_overrides;
visit_fn roster_parts_schedules;

#endif
