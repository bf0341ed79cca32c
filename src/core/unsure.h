/* core/unsure.h - a send whose answer was lost: the carrier's list is searched for it, and after
 * a minute its policy decides.
 *
 * Found: it is settled. Not found for a minute (or no list for a minute and a half): it is sent
 * again, once, and marked as what may arrive twice, if its row says so and there is time; else
 * it has failed, and what follows is that of any failed text. A pre-alert is dropped as soon as
 * it would come too late.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 7, G4.
 */
#ifndef CORE_UNSURE_H
#define CORE_UNSURE_H

#include "base/err.h"
#include "rules/context.h"

/* EVENT_LOOKED. ERR_BUSY when facts must be loaded first: nothing has been changed then. */
MUST_USE enum err unsure_looked(const struct context *c);

#endif
