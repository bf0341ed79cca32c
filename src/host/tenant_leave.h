/* host/tenant_leave.h - a tenant leaves: everything of his is deleted, some of it with each
 * request, and in the end proven to be gone.
 *
 * A program asks again until `phase` is "deleted", and once more with the `number` and `account`
 * that it was told, which answers "proven" with what each table of the database has left: nothing,
 * or the proof has failed. Between two requests nothing is remembered but what the database has,
 * so that it goes on wherever it ended. While there are recordings at the carrier they are erased
 * as old ones are, and nothing else is deleted before.
 * Threads: loop thread only.
 * Source: docs/tenants.md; docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef HOST_TENANT_LEAVE_H
#define HOST_TENANT_LEAVE_H

#include "visit/visit.h"

/* POST: {confirm: the tenant's name, keep_recordings, number, account}. */
visit_fn tenant_leave;

#endif
