/* simtext/sim_response.h - what a server answers to a text: messages to be sent, or where to ask
 * next.
 *
 * What cannot be is warned of under the carrier's code and left out; the rest goes on.
 * Threads: loop thread only.
 * Source: section 3.7 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_RESPONSE_H
#define SIMTEXT_SIM_RESPONSE_H

#include "simworld/sim_webhook.h"

/* Where an inbound text is asked about; fallback addresses may be "". */
struct sim_response_place {
    const char *url, *method, *fallback_url, *fallback_method;
};

/* Asks and does what the answer says. Does nothing without a URL. */
void sim_response_ask(struct sim_text *text, const struct sim_response_place *place);
/* Where that is: the service's address, or the number's own; no URL when nobody is asked. */
struct sim_response_place sim_response_place(const struct sim_number *number);

#endif
