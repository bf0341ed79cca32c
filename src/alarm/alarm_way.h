/* alarm/alarm_way.h - by which ways an alarm goes to people.
 *
 * A tenant's go by his own ways (the roster's "alarms"); those of who has none, and the host's own
 * (tenant 0: the carrier, the store, the nodes), by the ways of the host. What says that texts or
 * calls may not work never goes by those alone. Where the host has no ways and one tenant, his are
 * the host's.
 * Pure. Threads: any.
 */
#ifndef ALARM_ALARM_WAY_H
#define ALARM_ALARM_WAY_H

#include <stdbool.h>

#include "base/span.h"
#include "model/roster.h"

enum alarm_way {
    ALARM_WAY_COMMAND, /* the host's */
    ALARM_WAY_HOST_WEBHOOK,
    ALARM_WAY_WEBHOOK, /* the tenant's */
    ALARM_WAY_TEXT,
    ALARM_WAY_VOICE,
    ALARM_WAYS
};

/* As the log has it. */
const char *alarm_way_name(enum alarm_way way);
bool alarm_way_parse(struct span text, enum alarm_way *out);

struct alarm_way_ask {
    const struct roster_alarms *tenant; /* his, or of the one tenant there is; NULL: none */
    bool is_hosts;                      /* of tenant 0 */
    bool has_command, has_webhook;      /* the host has */
    const char *kind;
};
/* Bits 1 << way; 0: nobody wants to know of it. */
unsigned alarm_way_of(const struct alarm_way_ask *ask);
/* What the host has. */
unsigned alarm_way_hosts(const struct alarm_way_ask *ask);

#endif
