/* config/roster_calendars.h - the calendars of people: an iCalendar file or feed whose events
 * are times on call (`calendar`) or off (`away_calendar`).
 *
 * A file is read beside the roster's own; the text of an address comes from outside, by
 * roster_defaults. Events are expanded from two days before defaults->now_ms to sixty after.
 */
#ifndef CONFIG_ROSTER_CALENDARS_H
#define CONFIG_ROSTER_CALENDARS_H

#include "config/roster_draft.h"

/* Reads them of all people. After their vacations, which away calendars join. */
void roster_calendars_read(struct roster_draft *draft);
/* What the roster's calendars_mark would be if it were read now. */
uint64_t roster_calendars_mark(const struct roster *roster, const struct roster_feed *feeds,
                               size_t feed_count);
/* The stretch of time in which their events count. */
struct stretch roster_calendars_window(int64_t now_ms);

#endif
