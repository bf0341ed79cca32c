/* rules/doorman.h - which calls are let in: those that go round, that are blocked, or that hide
 * their number where the business does not want it, are not.
 *
 * Pure. Threads: any.
 * Source: design section 2.6.
 */
#ifndef RULES_DOORMAN_H
#define RULES_DOORMAN_H

#include "base/span.h"
#include "model/roster.h"

enum doorman {
    DOORMAN_OPEN,
    DOORMAN_VOICEMAIL, /* may leave a message, and rings nobody */
    DOORMAN_REFUSE,
    DOORMEN
};

/* *out_why gets words for the record, when the call is not let in. */
enum doorman doorman_judge(const struct roster *roster, struct span from, const char **out_why);

#endif
