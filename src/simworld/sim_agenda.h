/* simworld/sim_agenda.h - what the pretend carrier will do later, in the order of virtual time.
 *
 * Entries due at the same instant run in the order in which they were added.
 * Owns: its entries, never their contexts: whoever frees a context cancels its entries first.
 * Threads: loop thread only.
 */
#ifndef SIMWORLD_SIM_AGENDA_H
#define SIMWORLD_SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_agenda;

typedef void sim_agenda_fn(void *ctx);

struct sim_agenda *sim_agenda_open(void);
void sim_agenda_close(struct sim_agenda **agenda);

/* Returns a ticket for sim_agenda_cancel, never 0. */
uint64_t sim_agenda_add(struct sim_agenda *agenda, int64_t due_ms, sim_agenda_fn *fn, void *ctx);
/* Forgets the entry and sets *ticket to 0; harmless when it has run, or is 0. */
void sim_agenda_cancel(struct sim_agenda *agenda, uint64_t *ticket);
/* The earliest instant, CLOCK_NEVER when nothing is planned. */
int64_t sim_agenda_next(const struct sim_agenda *agenda);
/* Runs the first entry when it is due at `now_ms`; false when none is. */
bool sim_agenda_run_one(struct sim_agenda *agenda, int64_t now_ms);
size_t sim_agenda_count(const struct sim_agenda *agenda);

#endif
