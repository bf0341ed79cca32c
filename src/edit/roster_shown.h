/* edit/roster_shown.h - a roster's document as those may see it who do not edit it: of an address
 * by which a calendar is got, only where it leads, as the rest of it is what lets one in.
 *
 * Only for text that json_parse has accepted. What is no address, a file's name, stays.
 * Threads: any.
 */
#ifndef EDIT_ROSTER_SHOWN_H
#define EDIT_ROSTER_SHOWN_H

#include "base/arena.h"
#include "base/span.h"

/* In the arena, or `document` itself when there is nothing to hide. */
struct span roster_shown(struct arena *arena, struct span document);

#endif
