/* config/roster_file.h - a roster document (or somebody's plain state file) to struct roster.
 *
 * All or nothing: one mistake anywhere refuses the document, and all of them are listed.
 * What is not said:
 *   - no `lines`: the line is from_number; a line without `chain` uses `fallback_chain`
 *   - a dispatcher without `id` gets one from his name, without `on_call` he is always on call
 *   - no `region`: defaults->region, else US when the first line begins with +1, else none, and
 *     then numbers need their country code
 *   - no `time_zone`: defaults->time_zone, else UTC
 *   - no `vacations`, `rotations`, `overrides`, calendars: hours alone; a rotation goes round by
 *     the week, at 09:00 from Monday, 5 January 2026
 *   - wait_seconds 75, prealert "always", steps as in the defaults
 *   - texts_per_second by the kind of number: toll-free in the US and Canada 3, other numbers of
 *     country code 1 1, all else 10; mms for numbers of country code 1; no help
 *   - on_unsure "send-again" in a chain's last step, "next" before it
 *   - acknowledge_needs_tag false, bare_replies true; a dispatcher without `lines` is texted by
 *     the customer's line
 * Unknown keys at the top are somebody else's and no mistake; so are those of a dispatcher
 * unless one looks like a misspelt key that is missing. In steps, lines and hours any unknown
 * key is a mistake.
 * Owns: the roster lives in the arena.
 * Errors: ERR_BAD_INPUT with the mistakes; ERR_FULL above LIMIT_ROSTER_BYTES.
 * Threads: one at a time (the zone table's cache).
 * Source: design section 5; docs/roster.md; examples/roster.json; section 6.1 of the carrier's
 * reference for the rates.
 */
#ifndef CONFIG_ROSTER_FILE_H
#define CONFIG_ROSTER_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"
#include "config/roster_defaults.h"
#include "model/roster.h"

MUST_USE enum err roster_file_parse(struct arena *arena, struct span text,
                                    const struct roster_defaults *defaults,
                                    const struct roster **out, struct mistakes *mistakes);

#endif
