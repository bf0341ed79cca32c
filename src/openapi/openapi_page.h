/* openapi/openapi_page.h - the API for people: docs/api-reference.md, from the tables of
 * /openapi.json.
 *
 * Threads: any.
 */
#ifndef OPENAPI_OPENAPI_PAGE_H
#define OPENAPI_OPENAPI_PAGE_H

#include "base/buf.h"
#include "visit/web_route.h"

void openapi_page(const struct web_route *routes, size_t count, struct buf *out);

#endif
