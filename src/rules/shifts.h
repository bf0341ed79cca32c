/* rules/shifts.h - who is asked on a line from when until when, to the instant: for a week as a
 * picture, and for who is on now and who comes next.
 *
 * The plan of the line (rules/route.h) is made at each instant at which it may be another one: when
 * somebody of the chain, or who stands in for him, changes by his schedule. Nothing is looked at
 * by steps of time, so a change of the clocks needs no care of its own.
 * Owns: lists live in the arena.
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 * Source: docs/adr/0019-who-is-on-duty.md.
 */
#ifndef RULES_SHIFTS_H
#define RULES_SHIFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/facts.h"
#include "model/plan.h"
#include "model/roster.h"

enum {
    SHIFTS_LOOKS_MOST = 40000, /* plans times places: what is more is not followed to its end */
    SHIFTS_GAPS_MOST = 100,
};

struct shift_part {
    struct shift_part *next; /* later ones; they do not touch, or have another reason */
    int64_t from_ms, to_ms;
    enum reason reason;
};

struct shifts {
    int64_t from_ms, to_ms;                 /* what was looked at */
    struct shift_part *of[LIMIT_OPERATORS]; /* by operator; NULL: never */
    bool is_named[LIMIT_OPERATORS];         /* has a place, or stands in for somebody who has */
    struct stretch gaps[SHIFTS_GAPS_MOST];  /* nobody is on duty */
    size_t gap_count;
    bool is_cut; /* there was more than is bounded */
};

/* All within [from_ms, to_ms). */
void shifts_find(struct arena *arena, const struct roster *roster, const struct line *line,
                 const struct duties *duties, int64_t from_ms, int64_t to_ms, struct shifts *out);

/* Until when he who is on now is so without a break: INT64_MAX when he still is at the end of what
 * was looked at, `now_ms` when he is not on. */
int64_t shifts_until(const struct shifts *shifts, int operator_index, int64_t now_ms);
/* The first to come on of those who are not on now; -1 when nobody does. */
int shifts_next(const struct shifts *shifts, int64_t now_ms, int64_t *out_at_ms);
/* The gap that is under way, or the next one; NULL without. */
const struct stretch *shifts_gap(const struct shifts *shifts, int64_t now_ms);
/* The next instant at which anybody goes on or off, or is on for another reason. */
int64_t shifts_change(const struct shifts *shifts, int64_t now_ms);

#endif
