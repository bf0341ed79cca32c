/* call/caller_id.h - the caller's number on an operator's phone, where the carrier does not let
 * us show it.
 *
 * A Dial with a number that is not ours may be refused: it fails at once, with an error that
 * says so or with none. Then the same phones are rung once more, a round later, with the line's
 * number, which is shown for the rest of the call, and for CALLER_ID_HOLDS_MS by every other
 * call of the tenant. When that fails at once as well, the number on the phone was not the
 * reason.
 * Pure but for the row and the guard. Threads: one at a time.
 * Source: sections 3.3 and 7.3 of the carrier's reference; docs/adr/0017-who-the-caller-is.md.
 */
#ifndef CALL_CALLER_ID_H
#define CALL_CALLER_ID_H

#include <stdbool.h>

#include "rules/context.h"

enum { CALLER_ID_HOLDS_MS = 3600 * 1000, CALLER_ID_AT_ONCE_MS = 4000 };

/* A call that begins now shows the line's number from the first ring on. */
bool caller_id_is_refused(const struct context *c);
/* What the phones that ring now show; all that ring together show the same. */
struct span caller_id_of(const struct context *c, const struct cascade *k);
/* The dial has ended: true when its phones are to be rung once more, which `k` then says. */
bool caller_id_again(const struct context *c, struct cascade *k);
/* What a leg's own status says may be of the dial that was refused. */
bool caller_id_was_changed(const struct cascade *k);

#endif
