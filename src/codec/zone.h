/* codec/zone.h - time zones by name, expanded into plain data.
 *
 * Changes are listed from 2020 to 2045; later instants keep the last offset.
 * Errors: ERR_NOT_FOUND for a name that the system's zone table does not know.
 * Threads: one at a time (libical keeps a cache).
 * Source: the system's zoneinfo by way of libical 3, which after 2037 is wrong by up to an hour
 * around the changes of a dozen zones (Newfoundland, Chile, Azores, Chatham and the like).
 */
#ifndef CODEC_ZONE_H
#define CODEC_ZONE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/zone.h"

/* *out and its changes live in the arena. "UTC" always works. */
MUST_USE enum err zone_load(struct arena *arena, const char *name, const struct zone **out);

/* A copy that lives as long as the arena; NULL of NULL. */
const struct zone *zone_copy(struct arena *arena, const struct zone *zone);

#endif
