/* core/canary_text.h - a text that the business sends from one of its lines to another, to see
 * that texts go out and come in.
 *
 * It bears a mark that only we know of, so that it is told from all else that comes from our own
 * lines. It is nobody's customer: it opens no thread and goes to nobody. `canary.sent` and
 * `canary.returned` are on record, and the second tells how long it took. One that was found in the
 * carrier's log, as its webhook did not reach us, is `canary.late`.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/guides/alarms.md.
 */
#ifndef CORE_CANARY_TEXT_H
#define CORE_CANARY_TEXT_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err canary_text_send(const struct context *c); /* EVENT_CANARY */
/* Whether the text that came is one of them; asks for the claim of it (facts->short_of). */
bool canary_text_is(const struct context *c);
/* Notes that it has come; the text itself is kept by the caller. */
void canary_text_note(const struct context *c);

#endif
