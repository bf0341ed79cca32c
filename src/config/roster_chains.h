/* config/roster_chains.h - the chains of a roster, and the fallback chain among them. */
#ifndef CONFIG_ROSTER_CHAINS_H
#define CONFIG_ROSTER_CHAINS_H

#include "config/roster_draft.h"

#define ROSTER_CHAINS_FALLBACK "fallback_chain"

/* Reads `chains` and `fallback_chain` of the document; either may be absent. */
void roster_chains_read(struct roster_draft *draft, const struct doc_node *top);
/* Index of the chain with this id; -1 when there is none. */
int roster_chains_find(const struct roster_draft *draft, struct span id);

#endif
