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

/* True when whoever is named to swap with is on the roster; an empty name is. */
bool duty_has_partner(const struct context *c, struct span name);

#endif
