/* simapi/sim_price.h - what the pretend carrier charges, in ten-thousandths of a US dollar.
 *
 * Pure. A price is known once the thing is over: 0 before.
 * Threads: any.
 */
#ifndef SIMAPI_SIM_PRICE_H
#define SIMAPI_SIM_PRICE_H

#include "simworld/sim_noun.h"
#include "simworld/sim_noun_leg.h"

enum { SIM_PRICE_OF_NUMBER = 11500 /* a month */ };

/* Each begun minute of an answered call. */
int64_t sim_price_minutes(int64_t ms);
int64_t sim_price_of_leg(const struct sim_leg *leg);
/* Each segment, or a message with media. */
int64_t sim_price_of_text(const struct sim_text *text);
int64_t sim_price_of_recording(const struct sim_recording *recording);

#endif
