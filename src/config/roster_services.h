/* config/roster_services.h - what a tenant pays the carrier for beside calls and texts: lookups
 * of numbers ("lookup") and voicemails written down ("voicemail": {"transcribe": true}).
 *
 * Threads: any.
 */
#ifndef CONFIG_ROSTER_SERVICES_H
#define CONFIG_ROSTER_SERVICES_H

#include "config/roster_draft.h"

void roster_services_read(struct roster_draft *d, const struct doc_node *top);

#endif
