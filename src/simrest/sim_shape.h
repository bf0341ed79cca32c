/* simrest/sim_shape.h - a phone's diary as JSON: what it has been sent, who called, what it heard.
 *
 * Pure: reads the nouns, writes text.
 * Threads: any.
 */
#ifndef SIMREST_SIM_SHAPE_H
#define SIMREST_SIM_SHAPE_H

#include "codec/json.h"
#include "simworld/sim_world.h"

/* What a phone has seen, for the control interface: texts, calls, words heard. */
void sim_shape_phone(struct json_out *out, const struct sim_world *world,
                     const struct sim_phone *phone);

#endif
