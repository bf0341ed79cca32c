/* api/thread_api.h - threads as an inbox has them: by last activity, narrowed, searched.
 *
 * ?state=open|closed|waiting, ?line=, ?owner=, ?job=, ?q= (a customer's number or its last digits,
 * a name, words that were said), ?limit=, ?after=. Threads: loop thread only.
 */
#ifndef API_THREAD_API_H
#define API_THREAD_API_H

#include "visit/visit.h"

visit_fn thread_api_list;

#endif
