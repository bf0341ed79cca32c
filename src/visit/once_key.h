/* visit/once_key.h - the Idempotency-Key of a request that is handed to the engine: the same
 * request of the same user or token with it acts once, and is answered the same again
 * (core/once.h).
 *
 * Threads: loop thread only.
 * Source: the IETF's draft of the header; another request with a key is 409.
 */
#ifndef VISIT_ONCE_KEY_H
#define VISIT_ONCE_KEY_H

#include "visit/visit.h"

/* Takes it into v->work.event; none is fine. False: it cannot be one, and that has been answered.
 */
bool once_key_take(struct visit *v);

#endif
