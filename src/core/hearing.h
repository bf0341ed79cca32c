/* core/hearing.h - which call script an answer goes by, and what its fields stand for.
 *
 * Pure but for the answer. Threads: one at a time.
 */
#ifndef CORE_HEARING_H
#define CORE_HEARING_H

#include "rules/context.h"

/* Fills c->answer->script of an answer to a call that goes down a chain; leaves others alone. The
 * event has been decided. */
void hearing_fill(const struct context *c);

#endif
