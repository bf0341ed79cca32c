/* config/roster_people.h - the people of a roster: read, named, found again. */
#ifndef CONFIG_ROSTER_PEOPLE_H
#define CONFIG_ROSTER_PEOPLE_H

#include "config/roster_draft.h"

/* Reads `dispatchers`. */
void roster_people_read(struct roster_draft *draft, const struct doc_node *list);
/* Whether the object is a contact: a person with a number of his own. */
bool roster_people_is_contact(struct roster_draft *draft, const struct doc_node *node);
/* Index of the contact: the operator with this number, or a new one. -1 with the mistake
 * listed. */
int roster_people_contact(struct roster_draft *draft, const struct doc_node *node);
/* Index of the operator that a text means by id, name or number; -1 with the mistake listed. */
int roster_people_find(struct roster_draft *draft, const struct doc_node *node);
/* The same where a number that nobody has yet makes a new operator. */
int roster_people_find_or_add(struct roster_draft *draft, const struct doc_node *node);
/* Lists operators who have the number of a line: a call to them would come back to us. */
void roster_people_check_loops(struct roster_draft *draft);

#endif
