/* config/roster_messages.h - `messages`: what people named on a job are told, in the business's own
 * words, by language and by what has happened.
 *
 * Threads: one at a time.
 * Source: docs/jobs.md.
 */
#ifndef CONFIG_ROSTER_MESSAGES_H
#define CONFIG_ROSTER_MESSAGES_H

#include "config/roster_draft.h"

void roster_messages_read(struct roster_draft *draft, const struct doc_node *top);

#endif
