/* setup/live_numbers.h - whether each line of the roster points here at the carrier, and whether
 * carriers let its texts through.
 *
 * Pure. Threads: any.
 */
#ifndef SETUP_LIVE_NUMBERS_H
#define SETUP_LIVE_NUMBERS_H

#include "setup/live_look.h"

void live_numbers_all(struct live_look *look);
void live_numbers_registrations(struct live_look *look);

#endif
