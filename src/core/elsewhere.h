/* core/elsewhere.h - a call with which another node has gone on without the store, of which the
 * store does not know yet.
 *
 * The addresses of such a call name a cascade that has no row, or a ring that its row does not know
 * of. What comes of it to a node that has the store goes on as it was, one phone at a time
 * (core/offline.h), and is put on record at once (core/replay.h); what the other node has kept
 * finds the row there, or begins it. Who takes the call before it has a row is noted under its id.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design sections 7 (G5) and 10; docs/adr/0013-without-the-store.md.
 */
#ifndef CORE_ELSEWHERE_H
#define CORE_ELSEWHERE_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* True for a request of such a call. Asks for facts: facts->short_of. */
bool elsewhere_has_gone_on(const struct context *c);
/* Answers it. ERR_BUSY: facts must be loaded first. */
MUST_USE enum err elsewhere_event(const struct context *c);

#endif
