/* desk/duty.h - what an operator says of his own duty by text: on, off, away, back, swap, who.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef DESK_DUTY_H
#define DESK_DUTY_H

#include <stdbool.h>

#include "rules/command.h"
#include "rules/context.h"

/* True for the commands of this page. */
bool duty_is_command(enum command command);
/* True for those that act only when a fresh mark comes back. */
bool duty_must_be_confirmed(enum command command);

/* Gathers what the command may need; false when something must be loaded first. */
bool duty_gather(const struct context *c, enum command command);
/* Does it and tells him, by `line`, at which he wrote. */
void duty_do(const struct context *c, int operator_index, const struct command_text *text,
             struct span line);

/* His row, to be changed and put back; a fresh one when he has said nothing yet. */
struct duty duty_row(const struct context *c, int operator_index);

/* A state and its end; until_ms 0 or INT64_MAX: none is known. */
struct duty_term {
    enum duty_state state;
    int64_t until_ms;
};
/* What "on", "off", "away" or "by his hours" mean now, when no end is named. */
struct duty_term duty_term(const struct context *c, int operator_index, enum duty_state state);
/* Puts it, and on record; `by` tells who decided it for him ("by Dana, on the board"),
 * empty: he himself. */
void duty_put(const struct context *c, int operator_index, const struct duty_term *term,
              struct span by);

/* True when whoever is named to swap with is on the roster; an empty name is. */
bool duty_has_partner(const struct context *c, struct span name);

#endif
