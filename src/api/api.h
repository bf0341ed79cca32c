/* api/api.h - what the parts of the API share: acts and their answers; reload and tenants.
 *
 * Threads: loop thread only.
 */
#ifndef API_API_H
#define API_API_H

#include "visit/visit.h"

visit_fn api_tenants; /* those that whoever asks may see */
visit_fn api_reload;

/* For other parts of the API: hands v->work.event to the engine as the tenant's; answers what came
 * of it, what was made or changed under the name `key`. A POST with an Idempotency-Key acts
 * once. */
void api_act(struct visit *v, visit_fn *then);
void api_answer(struct visit *v, int status, const char *key);

/* Who asks: the name of whoever is signed in, or of the token; empty on the control socket. */
struct span api_who(const struct visit *v);
/* The operator that whoever is signed in is; empty without. */
struct span api_operator(const struct visit *v);

#endif
