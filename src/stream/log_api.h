/* stream/log_api.h - the log: what happened, narrowed and paged, and whether it is whole.
 *
 * Threads: loop thread only.
 */
#ifndef STREAM_LOG_API_H
#define STREAM_LOG_API_H

#include "visit/visit.h"

/* GET /api/v1/events, newest first; ?kind= (exact, or "relay." for all) ?alarm=1 ?operator=
 * ?thread= ?from= ?to= ?q= ?limit=; ?after= goes on towards the past by `next`, ?before= towards
 * now by `previous`. */
visit_fn log_api_list;
/* GET /api/v1/events/verify; ?from= ?to=: holds each row against the chain. */
visit_fn log_api_verify;

#endif
