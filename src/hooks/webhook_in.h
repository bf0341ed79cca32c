/* hooks/webhook_in.h - the carrier's paths: checked, found a tenant for, handed to the engine.
 *
 * Nothing is read of a request before its signature is right, but what the check itself needs;
 * and nothing is stored of one that is refused.
 * Threads: loop thread only.
 */
#ifndef HOOKS_WEBHOOK_IN_H
#define HOOKS_WEBHOOK_IN_H

#include "visit/visit.h"

/* Handles the route's event. */
visit_fn webhook_in;

#endif
