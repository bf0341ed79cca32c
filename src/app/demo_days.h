/* app/demo_days.h - three more days of the demo, on its fast clock, so that the board has something
 * to tell: calls and texts that were taken, missed and escalated, jobs, and a text that waits.
 *
 * Threads: one.
 */
#ifndef APP_DEMO_DAYS_H
#define APP_DEMO_DAYS_H

#include <stdbool.h>

#include "app/stage.h"

/* False: something refused, and it has been told. */
bool demo_days_play(struct stage *stage);

#endif
