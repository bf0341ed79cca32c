/* config/roster_alarms.h - by which ways a tenant's alarms reach people ("alarms": {"text":
 * ["dana"], "voice": [...], "webhook": "https://...", "command": true, "kinds": ["relay."]}).
 *
 * Without the key they go the ways of the host.
 * Threads: any.
 */
#ifndef CONFIG_ROSTER_ALARMS_H
#define CONFIG_ROSTER_ALARMS_H

#include "config/roster_draft.h"

/* After the people. */
void roster_alarms_read(struct roster_draft *d, const struct doc_node *top);

#endif
