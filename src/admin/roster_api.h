/* admin/roster_api.h - the roster and its parts, read and edited: the document and its versions,
 * chains, operators, overrides, lines, schedules.
 *
 * What is read bears the version as its ETag; what edits wants it back as If-Match.
 * Threads: loop thread only.
 */
#ifndef ADMIN_ROSTER_API_H
#define ADMIN_ROSTER_API_H

#include "visit/visit.h"

visit_fn roster_api_get;     /* the document in force, and where it comes from */
visit_fn roster_api_put;     /* {document, note} */
visit_fn roster_api_version; /* the one in the path */
visit_fn roster_api_restore; /* a new version with that one's document */

visit_fn roster_api_chain_put;
visit_fn roster_api_chain_drop;
visit_fn roster_api_operator_add;
visit_fn roster_api_operator_change;
visit_fn roster_api_operator_drop;
visit_fn roster_api_override_add;
visit_fn roster_api_override_drop;
visit_fn roster_api_line_change;

#endif
