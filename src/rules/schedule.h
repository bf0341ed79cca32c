/* rules/schedule.h - whether somebody is on duty at an instant, why, and until when.
 *
 * What holds, from the strongest: that the host has suspended the tenant; what he said of himself;
 * an override; that he stands in for somebody by a swap, or somebody for him; a vacation or his
 * calendar of times off; his hours and his calendar, and the turn of the rotation as whose member
 * he is asked about. Of two overrides at an instant the one that stands later in the roster holds.
 * Who stands in takes over the hours, turns and places of the other, not what the other said of
 * himself. A swap of a swap is not followed: two people may swap both ways.
 * Pure: allocates nothing. Threads: any. Units: instants are UTC milliseconds.
 * Source: docs/adr/0019-who-is-on-duty.md.
 */
#ifndef RULES_SCHEDULE_H
#define RULES_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/facts.h"
#include "model/plan.h"
#include "model/roster.h"

/* How far ahead schedule_next_change and schedule_next_on look. */
enum { SCHEDULE_AHEAD_DAYS = 9 };

struct schedule_ask {
    const struct roster *roster;
    const struct duties *duties; /* NULL: nobody said anything of himself */
    int operator_index;
    int rotation; /* index: as its member; -1: by his own hours */
};

/* Why he is taken or left out: on_duty, turn, override_on or stands_in; off_duty, away,
 * override_off, vacation, not_his_turn or swapped. */
enum reason schedule_reason(const struct schedule_ask *ask, int64_t at_ms);
bool schedule_on(const struct schedule_ask *ask, int64_t at_ms);
/* The next instant at which schedule_reason may tell otherwise; until then it does not. INT64_MAX
 * when there is none in sight: hours are known HOURS_AHEAD_DAYS ahead. */
int64_t schedule_next_look(const struct schedule_ask *ask, int64_t at_ms);
/* The first instant after `at_ms` at which he goes on or off duty; INT64_MAX when that is not
 * within SCHEDULE_AHEAD_DAYS. */
int64_t schedule_next_change(const struct schedule_ask *ask, int64_t at_ms);
/* The same from off to on alone. */
int64_t schedule_next_on(const struct schedule_ask *ask, int64_t at_ms);

/* Index of who stands in for him at that instant, -1 without. */
int schedule_stand_in(const struct roster *roster, int operator_index, int64_t at_ms);
/* Index of who has this place of his by a swap at that instant, -1: nobody. He himself may be on
 * duty all the same, for somebody with whom he swapped. */
int schedule_taker(const struct schedule_ask *ask, int64_t at_ms);
/* The first hand-over after `at_ms` of the rotations he is in; INT64_MAX without. */
int64_t schedule_next_turn(const struct roster *roster, int operator_index, int64_t at_ms);

/* The row of what he said of himself, be its time over or not; NULL when there is none, or no
 * duties. Lives as long as these. */
const struct duty *schedule_duty(const struct duties *duties, const char *operator_id);

#endif
