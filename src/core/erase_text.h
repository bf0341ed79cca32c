/* core/erase_text.h - a text of somebody who is to be forgotten is deleted at the carrier, with
 * whatever came with it.
 *
 * A timer row asks for it, as many as there are; each becomes the requests that delete the text's
 * media and then the text. Such a request is safe to repeat, and ends as that of a recording does
 * (call/recording_end.h).
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 11; docs/adr/0034-forgetting.md.
 */
#ifndef CORE_ERASE_TEXT_H
#define CORE_ERASE_TEXT_H

#include "base/err.h"
#include "rules/context.h"

/* TIMER_FORGET. ERR_BUSY when facts must be loaded first: nothing has been changed then. */
MUST_USE enum err erase_text_timer(const struct context *c);

#endif
