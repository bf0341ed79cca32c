/* setup/live_reach.h - whether we are reached by the public address, and by which certificate.
 *
 * Pure. Threads: any.
 */
#ifndef SETUP_LIVE_REACH_H
#define SETUP_LIVE_REACH_H

#include "setup/live_look.h"

void live_reach_self(struct live_look *look);
void live_reach_certificate(struct live_look *look);

#endif
