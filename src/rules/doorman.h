/* rules/doorman.h - which calls are let in, and which of them are asked something first.
 *
 * Those that go round, that are blocked, or that hide their number where the business does not
 * want it, are not let in. Robots are asked for a key where it wants that; an operator who calls
 * himself hears his own menu.
 * Pure. Threads: any.
 * Source: docs/adr/0015-who-is-let-in.md; design section 2.6.
 */
#ifndef RULES_DOORMAN_H
#define RULES_DOORMAN_H

#include <stdbool.h>

#include "base/span.h"
#include "model/roster.h"

enum doorman {
    DOORMAN_OPEN,
    DOORMAN_ASK,       /* must press a key before anybody is rung */
    DOORMAN_MENU,      /* an operator: chooses what he wants */
    DOORMAN_VOICEMAIL, /* may leave a message, and rings nobody */
    DOORMAN_REFUSE,
    DOORMEN
};

struct doorman_guest {
    struct span from;
    struct span forwarded_from; /* whose phone passed the call on; empty: nobody's */
    bool is_rung;               /* ... and we are ringing that very phone now */
    bool is_known;              /* has been let in, or has written, before */
    bool is_forged;             /* the carrier holds `from` for untrue */
    bool is_blind; /* the store is not there: who is known and who is rung is not known */
};

/* *out_why gets words for the record, when the call is not let in. */
enum doorman doorman_judge(const struct roster *roster, const struct doorman_guest *guest,
                           const char **out_why);

#endif
