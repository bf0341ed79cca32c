/* alarm/alarm_bell.h - one alarm on its way to people.
 *
 * Owns: nothing beside itself.
 * Threads: loop thread only.
 */
#ifndef ALARM_ALARM_BELL_H
#define ALARM_ALARM_BELL_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm/alarm_way.h"
#include "model/limits.h"

enum { ALARM_KIND_SIZE = 48, ALARM_DETAIL_SIZE = 400 };

/* As the log has it. */
struct alarm_row {
    int64_t id; /* of its event; 0: it could not be stored */
    int32_t tenant;
    char slug[LIMIT_SLUG_SIZE]; /* empty: the host's */
    char kind[ALARM_KIND_SIZE];
    char operator_id[LIMIT_SLUG_SIZE];
    char detail[ALARM_DETAIL_SIZE];
    int64_t thread, subject; /* 0 without */
    int64_t at_ms;
    unsigned done; /* ways that the log says it has gone */
};

struct alarm_bell {
    struct alarm_bell *next;
    struct alarm_row row;
    int more;                          /* like it, that it tells of as well */
    unsigned wanted, done, lost, busy; /* bits of ways */
    int tries[ALARM_WAYS];
    int64_t due_ms[ALARM_WAYS];
};

#endif
