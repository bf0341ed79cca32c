/* admin/session_api.h - signing in to the pages, by a password or by a code; and out again.
 *
 * A login that nobody has, one that is disabled and a wrong password get the same answer, at the
 * same cost. Tries are limited (visit/attempts.h).
 * Threads: loop thread only.
 */
#ifndef ADMIN_SESSION_API_H
#define ADMIN_SESSION_API_H

#include "visit/visit.h"

visit_fn session_api_get;  /* GET /api/v1/session */
visit_fn session_api_add;  /* POST: {login, password} or {login, code} */
visit_fn session_api_code; /* POST /api/v1/session/code: {login}; 202 whoever that is */
visit_fn session_api_drop; /* DELETE /api/v1/session */

/* Begins a session of the user's, and answers with it. `user` lives as long as the visit. */
void session_api_start(struct visit *v, const struct user *user);
/* Whether somebody may try with this login now. False: answered, 429. */
bool session_api_may_try(struct visit *v, struct span login);
/* He has shown who he is: his tries are given back. */
void session_api_is_right(struct visit *v, struct span login);

#endif
