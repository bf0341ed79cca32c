/* host/tenant_desk.h - what all routes about tenants share: who may, which tenant, and how one is
 * shown.
 *
 * They are the host's alone: whoever is bound to a tenant is told that there is nothing here,
 * of his own tenant as of others.
 * Threads: loop thread only.
 * Source: docs/tenants.md.
 */
#ifndef HOST_TENANT_DESK_H
#define HOST_TENANT_DESK_H

#include "model/tenant.h"
#include "visit/visit.h"

/* NULL: he may not, or there is none of the name v->param, and it has been answered. */
const struct tenant *tenant_desk_find(struct visit *v);
/* False: he may not, and it has been answered. */
bool tenant_desk_may(struct visit *v);
void tenant_desk_out(struct visit *v, struct json_out *json, const struct tenant *tenant);
/* One of them, with this status; by its slug, as it is in force now. */
void tenant_desk_answer(struct visit *v, int status, const char *slug);
/* Tells the log of the host. */
void tenant_desk_note(struct visit *v, const char *kind, const char *words);

#endif
