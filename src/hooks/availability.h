/* hooks/availability.h - who is on duty now: as JSON for a program, as a document for the carrier.
 *
 * A program names the line (`line`, else the roster's first) and perhaps a job (`job`), and gets
 * whom a call would ring, in that order, how long each stays on duty, and when the next one comes
 * on. By then somebody may have said otherwise: what counts for a call is decided when it comes.
 * A script at the carrier that redirects here is led on to the call's own webhook, whoever is on
 * duty: that one rings, or plays the closed script and tells the team, and has it on record.
 * Threads: loop thread only.
 * Source: design section 6.
 */
#ifndef HOOKS_AVAILABILITY_H
#define HOOKS_AVAILABILITY_H

#include "visit/visit.h"

visit_fn availability_list;     /* token */
visit_fn availability_redirect; /* signed */

#endif
