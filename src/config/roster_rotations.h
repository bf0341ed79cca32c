/* config/roster_rotations.h - the rotations of a roster. */
#ifndef CONFIG_ROSTER_ROTATIONS_H
#define CONFIG_ROSTER_ROTATIONS_H

#include "config/roster_draft.h"

/* Reads `rotations`. After the dispatchers, before the chains, which name them. */
void roster_rotations_read(struct roster_draft *draft, const struct doc_node *top);
/* Index of the rotation with this id; -1 with the mistake listed. */
int roster_rotations_find(struct roster_draft *draft, const struct doc_node *node, struct span id);

#endif
