/* admin/user_api.h - who may sign in to the pages: made, changed, removed and given set-up links
 * by an admin.
 *
 * The list is admin/listed.h's. An admin of one tenant sees and changes that tenant's users alone.
 * Nobody takes his own rights away: somebody must be left who can give them back. Threads: loop
 * thread only.
 */
#ifndef ADMIN_USER_API_H
#define ADMIN_USER_API_H

#include "visit/visit.h"

visit_fn user_api_add;    /* POST: {tenant, login, name, role, operator}; 201 */
visit_fn user_api_change; /* PATCH /api/v1/users/{id}: {name, role, operator, is_disabled} */
visit_fn user_api_drop;   /* DELETE /api/v1/users/{id}: 204 */
visit_fn user_api_link;   /* POST /api/v1/users/{id}/link: {link, until} */

#endif
