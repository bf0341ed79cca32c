/* sim/sim_view.h - what a page of phones shows, as JSON: whole, or what has changed of it.
 *
 * Phones, their calls with what was said, their texts, the lines of the accounts, the clock
 * and the faults. Of a large world it shows the first SIM_VIEW_PHONES phones, the calls that
 * are going on, and the newest of the others and of the texts. Each batch of changes has a number;
 * the whole carries that of the last one. Owns: its marks of what was shown last. Threads: loop
 * thread only.
 */
#ifndef SIM_SIM_VIEW_H
#define SIM_SIM_VIEW_H

#include "codec/json.h"
#include "simworld/sim_world.h"

enum {
    SIM_VIEW_PHONES = 200,
    SIM_VIEW_CALLS = 300,
    SIM_VIEW_TEXTS = 1000,
    SIM_VIEW_LINES = 60, /* of a call's transcript, the newest */
};

struct sim_view;

struct sim_view *sim_view_open(struct sim_world *world);
void sim_view_close(struct sim_view **view);
/* The next instant at which something happens here, or with a guest of the clock that is idle;
 * CLOCK_NEVER when nothing is planned. */
int64_t sim_view_next(const struct sim_world *world);
void sim_view_whole(const struct sim_view *view, struct buf *out);
/* Writes what differs from the last time; false, and nothing written, when nothing does. */
bool sim_view_changes(struct sim_view *view, struct buf *out);

#endif
