/* openapi/openapi.h - GET /openapi.json: the API told to programs, printed from the tables that
 * make it: the routes (site->routes), openapi_paths.c and openapi_nouns.c.
 *
 * Threads: loop thread only.
 * Source: https://spec.openapis.org/oas/v3.1.0
 */
#ifndef OPENAPI_OPENAPI_H
#define OPENAPI_OPENAPI_H

#include "base/buf.h"
#include "visit/visit.h"
#include "visit/web_route.h"

visit_fn openapi;

#endif
