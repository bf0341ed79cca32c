/* core/spoken.h - the call that reads a text out: the keys that its operator presses, and how it
 * ended.
 *
 * 1 acknowledges, 2 passes on; without a key he has heard it and no more, so that a mailbox
 * never acknowledges. Pressed once more, or repeated by the carrier, it changes nothing.
 * Both return ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts they change. Threads: one at a time.
 * Source: design section 3.2.
 */
#ifndef CORE_SPOKEN_H
#define CORE_SPOKEN_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err spoken_heard(const struct context *c);  /* EVENT_HEARD */
MUST_USE enum err spoken_status(const struct context *c); /* EVENT_CALL_STATUS with a message */

#endif
