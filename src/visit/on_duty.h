/* visit/on_duty.h - who is on duty now on each line, until when, who comes next, and the next time
 * at which nobody will be.
 *
 * Times are instants, so what was found holds until the next of them, for the same roster and the
 * same duties said: it is kept for as long, some minutes at most.
 * Owns: what is kept, until on_duty_close.
 * Threads: on_duty_render locks itself, for the read function of a visit; the rest loop thread
 * only.
 */
#ifndef VISIT_ON_DUTY_H
#define VISIT_ON_DUTY_H

#include "base/arena.h"
#include "base/span.h"
#include "model/facts.h"
#include "model/roster.h"

struct on_duty;

struct on_duty *on_duty_open(void);
void on_duty_close(struct on_duty **on_duty);

/* The list of {line, chain, now: [{operator, name, step, reason, words, until}], next:
 * {operator, name, at} or null, gap: {from, to} or null}, one for each line of the tenant, in
 * `arena`. `roster` and `duties` may be NULL; it may take a tenth of a second. */
struct span on_duty_render(struct on_duty *on_duty, struct arena *arena, int32_t tenant,
                           const struct roster *roster, const struct duties *duties,
                           int64_t now_ms);

#endif
