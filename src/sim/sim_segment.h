/* sim/sim_segment.h - what a text's body means to the network: its segments and its keywords.
 *
 * Pure. Threads: any.
 * Source: sections 6.2 and 7.1 of the carrier's reference.
 */
#ifndef SIM_SIM_SEGMENT_H
#define SIM_SIM_SEGMENT_H

#include "base/span.h"

/* How many segments a body takes: GSM-7 when every character is in its tables, else UCS-2. */
int sim_segment_count(struct span body);
/* -1 for a stop word, 1 for a start word, 0 for anything else. */
int sim_segment_keyword(struct span body);

#endif
