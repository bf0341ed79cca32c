/* sim/sim_keyword.h - is a text's body one of the words that the network obeys itself.
 *
 * Pure. Threads: any. Source: section 7.1 of the carrier's reference.
 */
#ifndef SIM_SIM_KEYWORD_H
#define SIM_SIM_KEYWORD_H

#include "base/span.h"

/* -1 for a stop word, 1 for a start word, 0 for anything else. */
int sim_keyword_kind(struct span body);

#endif
