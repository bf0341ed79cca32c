/* admin/health_api.h - GET /api/v1/health, how each part stands, in words; GET /api/v1/nodes.
 *
 * Threads: loop thread only.
 */
#ifndef ADMIN_HEALTH_API_H
#define ADMIN_HEALTH_API_H

#include "visit/visit.h"

visit_fn health_api;
/* GET /api/v1/nodes: the programs that share the database; whoever is bound to a tenant finds none.
 */
visit_fn health_api_nodes;

#endif
