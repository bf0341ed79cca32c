/* simtextapi/sim_message_order.h - what a create of a message asks for, judged.
 *
 * A table of judges, the first that objects refuses; codes are those of the carrier.
 * Threads: loop thread only.
 * Source: sections 5.4, 6 and 7.2 of the carrier's reference.
 */
#ifndef SIMTEXTAPI_SIM_MESSAGE_ORDER_H
#define SIMTEXTAPI_SIM_MESSAGE_ORDER_H

#include "simapi/sim_api.h"
#include "simtext/sim_text.h"

/* Fills the draft in from the form; false when a->code says why not. What it points at lives as
 * long as the request. */
bool sim_message_order_read(struct sim_api *a, struct sim_text_draft *out);

#endif
