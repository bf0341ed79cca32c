/* admin/duty_api.h - who is asked and why, at an instant and through a week; and what somebody's
 * duty shall be.
 *
 * Threads: loop thread only.
 */
#ifndef ADMIN_DUTY_API_H
#define ADMIN_DUTY_API_H

#include "visit/visit.h"

visit_fn duty_api_plan; /* ?line= ?at= ?job= */
visit_fn duty_api_week; /* ?line= ?from=DATE ?days= */
visit_fn duty_api_set;  /* the operator in the path: {state, until} */

#endif
