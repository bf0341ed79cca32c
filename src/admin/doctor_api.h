/* admin/doctor_api.h - GET /api/v1/doctor: what is wrong with the set-up, seen from inside.
 *
 * Threads: loop thread only; the store is asked on the reading thread.
 */
#ifndef ADMIN_DOCTOR_API_H
#define ADMIN_DOCTOR_API_H

#include "visit/visit.h"

visit_fn doctor_api;

#endif
