/* alarm/canary.h - every so often a text to itself goes from one line of the business to another,
 * through the carrier and back by the webhook: that proves what no metric of ours can.
 *
 * What was sent and what came back is in the log (core/canary_text.h), so a restart and another
 * node go on with it. When two in a row have not come back, `canary.missing` is an alarm, once,
 * until one returns.
 * Owns: nothing beside itself.
 * Threads: loop thread only, but for its reading.
 * Source: docs/guides/alarms.md.
 */
#ifndef ALARM_CANARY_H
#define ALARM_CANARY_H

#include "alarm/alarm.h"

struct canary;

/* Texts are borrowed. */
struct canary_options {
    struct loop *loop;
    struct engine *engine;
    struct alarm *alarm;
    int minutes;          /* above 0 */
    struct span from, to; /* E.164 */
};

struct canary *canary_open(const struct canary_options *options);
/* After the engine. */
void canary_close(struct canary **canary);

/* Milliseconds since the latest one came back; since the start, where none has. */
int64_t canary_age_ms(const struct canary *canary);
/* How many in a row did not come back, where it is an alarm; else 0. */
int canary_missing(const struct canary *canary);

#endif
