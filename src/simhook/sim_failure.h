/* simhook/sim_failure.h - one exchange with a customer's server: what was sent, what came back.
 *
 * Goes with a warning or an error (sim_note_about), so that it can be listed with what led to
 * it. All of it is borrowed, for the time of the call that hands it over; what is not known is
 * empty, and `status` is 0 when there was no answer.
 */
#ifndef SIMHOOK_SIM_FAILURE_H
#define SIMHOOK_SIM_FAILURE_H

#include <stdbool.h>

#include "base/span.h"

struct sim_account;

enum { SIM_FAILURE_BODY_MAX = 64 << 10 }; /* bytes of the answer that are handed over */

struct sim_failure {
    const struct sim_account *account;
    struct span variables;       /* the parameters, form-encoded: "CallSid=CA...&From=..." */
    struct span request_headers; /* "Name: value" lines, each ended by a line feed */
    int status;                  /* of the answer */
    struct span response_headers, response_body;
    bool callback; /* a status callback: what it is about is not harmed */
};

#endif
