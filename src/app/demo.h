/* app/demo.h - `nextring demo`: plays a call and a text that escalate, and a crash in between,
 * against a simulated carrier, and verifies each outcome.
 *
 * Exit status 0 only when all that was promised was seen, in the store and on the phones.
 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include <stdbool.h>

/* `once`: ends by itself. */
int demo_run(bool once);

#endif
