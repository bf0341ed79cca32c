/* config/roster_schedule.h - what changes the weekly hours of a roster: vacations, overrides and
 * swaps.
 *
 * A time is a date ("2026-12-24": the whole day, the last one included) or a date with a time of
 * day ("2026-12-24T18:00"), by the clocks of the zone, unless it says its offset.
 */
#ifndef CONFIG_ROSTER_SCHEDULE_H
#define CONFIG_ROSTER_SCHEDULE_H

#include "config/roster_draft.h"

/* Reads the people's `vacations`. After all people, those of the fallback chain too. */
void roster_schedule_read_vacations(struct roster_draft *draft);
/* Reads `overrides`. After all people. */
void roster_schedule_read_overrides(struct roster_draft *draft, const struct doc_node *top);
/* Sorts, and joins what touches; the new count. */
size_t roster_schedule_join(struct stretch *list, size_t count);

#endif
