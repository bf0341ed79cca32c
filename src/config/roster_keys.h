/* config/roster_keys.h - keys at the top of a roster that look like misspelt ones.
 *
 * Unknown keys there are somebody else's and no mistake; so this is a note, for who checks.
 * Threads: one at a time.
 */
#ifndef CONFIG_ROSTER_KEYS_H
#define CONFIG_ROSTER_KEYS_H

#include "base/span.h"
#include "config/mistakes.h"

/* Lists those that are close to a key which is not there; nothing when it is no JSON object. */
void roster_keys_note(struct span text, const char *file, struct mistakes *notes);

#endif
