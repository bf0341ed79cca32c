/* simvoice/sim_dial_noun.h - whom a Dial rings: numbers, clients, sip: addresses, applications.
 *
 * Threads: loop thread only.
 * Source: the nouns in section 3.3 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_DIAL_NOUN_H
#define SIMVOICE_SIM_DIAL_NOUN_H

#include "simvoice/sim_run.h"

enum { SIM_DIAL_TARGETS_MAX = 10 };

struct sim_dial_target {
    const struct xml_node *noun; /* NULL: the number stands in the Dial itself */
    struct span number;          /* "+1...", "client:NAME", "sip:..."; in the leg's arena */
    bool good;                   /* it can be dialled */
    const char *url, *method;    /* of the document heard before it is joined; url NULL: none */
    struct span keys;            /* sent once it has picked up; empty: none */
    const struct sim_application *application; /* picks up with its document; NULL: a phone rings */
};

/* Returns how many there are. What cannot be dialled is warned of, and is among them. */
size_t sim_dial_noun_collect(struct sim_run *run, const struct xml_node *dial,
                             struct sim_dial_target out[SIM_DIAL_TARGETS_MAX]);
/* Fills in what the noun asks of its leg: callbacks and detection. */
void sim_dial_noun_settings(struct sim_run *run, const struct sim_dial_target *target,
                            struct sim_leg *leg);
/* Lets the application's document run on its leg; `over` is called at its end. */
void sim_dial_noun_open(const struct sim_dial_target *target, struct sim_leg *leg,
                        void (*over)(struct sim_run *run, enum sim_run_end how));
/* The number to show: one of the account's, or the number that calls; empty, with a warning,
 * when the Dial wants another. */
struct span sim_dial_noun_caller_id(struct sim_run *run, const struct xml_node *dial);
/* "both", "inbound" or "outbound": static. */
const char *sim_dial_noun_track(const struct xml_node *dial);

#endif
