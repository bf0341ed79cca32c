/* setup/registration.h - whether carriers let texts of a number through: messaging services, the
 * campaigns (A2P 10DLC) registered for them, and the verification of toll-free numbers.
 *
 * Owns: nothing; all lives in the arena.
 * Threads: one.
 * Source: section 5.11 of the carrier's reference; the messaging API's Usa2p and Tollfree
 * resources.
 */
#ifndef SETUP_REGISTRATION_H
#define SETUP_REGISTRATION_H

#include <stdbool.h>

#include "setup/number.h"

enum registration_state {
    REGISTRATION_UNTOLD,  /* the carrier does not tell: `words` say how */
    REGISTRATION_NONE,    /* nothing is registered */
    REGISTRATION_WAITING, /* under review */
    REGISTRATION_REFUSED, /* `words` say why, when told */
    REGISTRATION_GOOD,
    REGISTRATION_STATES
};

struct registration {
    enum registration_state state;
    struct span words; /* the carrier's own: a status, an error; may be empty */
};

/* What the carrier's words for a status mean. */
enum registration_state registration_state_of(struct span status);

/* Finds the services that hold numbers of the list, and fills in `service` and what goes with it.
 * False: the carrier does not tell; *answer says how. */
bool registration_find_services(const struct console *console, const struct number_list *list,
                                struct console_answer *answer);
/* Of one number of +1, by its kind; the services have been found. */
void registration_ask(const struct console *console, const struct number *number,
                      struct registration *out);

#endif
