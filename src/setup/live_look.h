/* setup/live_look.h - what the live checks share: the facts, and how a finding is given.
 *
 * Pure. Threads: any.
 */
#ifndef SETUP_LIVE_LOOK_H
#define SETUP_LIVE_LOOK_H

#include "setup/finding.h"
#include "setup/live_facts.h"

struct live_look {
    const struct live_facts *facts;
    struct finding_list *out;
    struct arena *arena;
    const char *check; /* under whose name */
};

void live_look_well(struct live_look *look, const char *what);
void live_look_ill(struct live_look *look, enum finding_state state, const char *what,
                   const char *why, const char *mend);
/* It could not be asked: `what`, and what kept us. */
void live_look_unknown(struct live_look *look, const char *what,
                       const struct console_answer *answer);

#endif
