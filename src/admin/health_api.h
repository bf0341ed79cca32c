/* admin/health_api.h - GET /api/v1/health: how each part stands, in words.
 *
 * Threads: loop thread only.
 */
#ifndef ADMIN_HEALTH_API_H
#define ADMIN_HEALTH_API_H

#include "visit/visit.h"

visit_fn health_api;

#endif
