/* api/api.h - what programs may do: acknowledge, reply, tokens, reload; and who is on the roster.
 *
 * Threads: loop thread only.
 */
#ifndef API_API_H
#define API_API_H

#include "visit/visit.h"

visit_fn api_ack;          /* the relay in the path; {operator} */
visit_fn api_reply;        /* {thread or tag, operator, body} */
visit_fn api_thread_reply; /* the same for the thread in the path */
visit_fn api_thread_call;  /* calls its customer back by the phone of {operator} */
visit_fn api_operators;
visit_fn api_lines;
visit_fn api_token_add; /* {tenant, role, name}: the one answer that shows the token */
visit_fn api_token_drop;
visit_fn api_reload;

/* For other parts of the API: hands v->work.event to the engine as the tenant's; answers what came
 * of it, what was made or changed under the name `key`. */
void api_act(struct visit *v, visit_fn *then);
void api_answer(struct visit *v, int status, const char *key);

#endif
