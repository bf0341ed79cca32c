/* api/act_api.h - what people do from the board, and programs by the API: acknowledge, pass on,
 * reply, call back, close.
 *
 * Who acts is on record: by name, and as the operator that is named or whoever is signed in is.
 * Threads: loop thread only.
 */
#ifndef API_ACT_API_H
#define API_ACT_API_H

#include "visit/visit.h"

visit_fn act_api_ack;          /* the relay in the path; {operator} */
visit_fn act_api_pass;         /* the same: to the next step of its chain */
visit_fn act_api_reply;        /* {thread or tag, operator, body} */
visit_fn act_api_thread_reply; /* the same for the thread in the path */
visit_fn act_api_call;         /* calls its customer back by the phone of {operator} */
visit_fn act_api_close;
visit_fn act_api_reopen;

#endif
