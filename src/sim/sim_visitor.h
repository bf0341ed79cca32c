/* sim/sim_visitor.h - who may use the pages and /sim/...: tools, and pages that came from here.
 *
 * A page of another origin that is open in the same browser must not call, text or turn the
 * clock; nor may one that reaches us by a name of its own that resolves to loopback.
 * Pure. Threads: any.
 * Source: RFC 6454 section 7; the Fetch standard's Sec-Fetch-Site.
 */
#ifndef SIM_SIM_VISITOR_H
#define SIM_SIM_VISITOR_H

#include "net/http_server.h"

/* NULL when the request may go on, else the words of the refusal. */
const char *sim_visitor_refusal(const struct http_request *rq);

#endif
