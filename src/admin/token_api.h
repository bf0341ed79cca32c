/* admin/token_api.h - the tokens that programs show: they are made and revoked here.
 *
 * Threads: loop thread only.
 */
#ifndef ADMIN_TOKEN_API_H
#define ADMIN_TOKEN_API_H

#include "visit/visit.h"

/* POST /api/v1/tokens: {tenant, role, name}; the answer alone has the token's text. */
void token_api_add(struct visit *v);
/* DELETE /api/v1/tokens/{id}: in force at once. */
void token_api_drop(struct visit *v);

#endif
