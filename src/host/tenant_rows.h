/* host/tenant_rows.h - all that is a tenant's, as a program takes it out: a page of one table's
 * rows after the other.
 *
 * What proves who somebody is, and secrets, leave by no page. The log leaves with its chain by
 * /api/v1/events/export.
 * Threads: loop thread only.
 * Source: docs/tenants.md.
 */
#ifndef HOST_TENANT_ROWS_H
#define HOST_TENANT_ROWS_H

#include "visit/visit.h"

/* GET: ?part= (from 0) ?after= (`next` of the page before); 404 beyond the last table. */
visit_fn tenant_rows_list;

#endif
