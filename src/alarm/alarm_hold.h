/* alarm/alarm_hold.h - lets no alarm be told twice, and no storm of them become a storm of news.
 *
 * The same thing (a tenant's kind and subject) is told once an hour. Of one kind the first is told
 * at once, the next ones no sooner than after five minutes, fifteen, an hour; what came in between
 * is told with it: "and 3 more like it". An hour of quiet, and it begins anew.
 * Owns: what it holds back.
 * Threads: loop thread only.
 */
#ifndef ALARM_ALARM_HOLD_H
#define ALARM_ALARM_HOLD_H

#include "alarm/alarm_bell.h"

struct alarm_hold;

struct alarm_hold *alarm_hold_open(void);
void alarm_hold_close(struct alarm_hold **hold);

/* Takes one; true: it is to be told now, and stands for *out_more others. */
bool alarm_hold_take(struct alarm_hold *hold, const struct alarm_row *row, int64_t now_ms,
                     int *out_more);
/* One that was held back, and whose time has come; false: none. */
bool alarm_hold_due(struct alarm_hold *hold, int64_t now_ms, struct alarm_row *out, int *out_more);

#endif
