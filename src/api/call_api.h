/* api/call_api.h - one call with its legs: whose phone rang when, for how long, and what came of
 * it.
 *
 * Threads: loop thread only.
 */
#ifndef API_CALL_API_H
#define API_CALL_API_H

#include "visit/visit.h"

visit_fn call_api_one; /* the call in the path */

#endif
