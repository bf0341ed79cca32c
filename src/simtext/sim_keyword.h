/* simtext/sim_keyword.h - words that the network obeys itself: stop, start, help.
 *
 * Only a text that is nothing else counts. Which words, and what is answered, depends on the
 * kind of number: at toll-free ones the carriers' network answers.
 *
 * Pure. Threads: any. Source: section 7.1 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_KEYWORD_H
#define SIMTEXT_SIM_KEYWORD_H

#include "base/span.h"

enum sim_keyword {
    SIM_KEYWORD_NONE,
    SIM_KEYWORD_STOP,
    SIM_KEYWORD_START,
    SIM_KEYWORD_HELP,
    SIM_KEYWORDS
};

/* What a body means to `number`: E.164, or a short code. */
enum sim_keyword sim_keyword_of(const char *number, struct span body);
/* "STOP", "START", "HELP"; "" for none. */
const char *sim_keyword_name(enum sim_keyword keyword);
/* What the network answers from `number`; NULL: nothing. */
const char *sim_keyword_answer(const char *number, enum sim_keyword keyword);

#endif
