/* alarm/host_watch.h - what is wrong with the program as a whole, and no tenant's event says:
 * the carrier, the outbox, the store, the other nodes, the clock, the helper.
 *
 * Each is an alarm of the host's when it has gone on for its time, and once until it is over.
 * Nothing is looked at where nobody would be told.
 * Threads: loop thread only.
 */
#ifndef ALARM_HOST_WATCH_H
#define ALARM_HOST_WATCH_H

#include "alarm/alarm.h"

struct host_watch;

struct host_watch *host_watch_open(struct loop *loop, struct engine *engine, struct alarm *alarm,
                                   const struct helper *helper);
/* After the engine. */
void host_watch_close(struct host_watch **watch);

#endif
