/* simvoice/sim_call.h - whole calls: from a phone to a number, and from the REST API to a phone.
 *
 * Threads: loop thread only.
 */
#ifndef SIMVOICE_SIM_CALL_H
#define SIMVOICE_SIM_CALL_H

#include "simvoice/sim_leg.h"
#include "simvoice/sim_run.h"

/* The verbs that calls understand; ends with a NULL name. */
extern const struct sim_verb sim_call_verbs[];

/* What the calling phone will do. */
struct sim_call_plan {
    int64_t hang_up_ms;   /* from now; below 0: not */
    int64_t voicemail_ms; /* 0: not */
    char voicemail_key;
    const char *voicemail_words; /* NULL: none; copied */
    struct sim_behaviour behaviour;
    struct sim_origin origin; /* copied */
};

/* A phone calls a number of an account. ERR_NOT_FOUND when no account has it, ERR_FULL when
 * there are too many calls. */
MUST_USE enum err sim_call_place(struct sim_world *world, struct span from, struct span to,
                                 const struct sim_call_plan *plan, struct sim_leg **out);
/* Queues a leg whose settings are filled in; it is dialled when the account's rate allows. */
void sim_call_queue(struct sim_leg *leg);
/* Another document takes over: `url`, or else `twiml`. */
void sim_call_redirect(struct sim_leg *leg, const char *url, const char *method, const char *twiml);
/* How long it may talk, all in all; one that has talked that long ends. */
void sim_call_limit(struct sim_leg *leg, int64_t ms);
/* The REST API ends the call, whatever it does. */
void sim_call_end(struct sim_leg *leg);

#endif
