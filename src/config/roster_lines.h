/* config/roster_lines.h - the lines of a roster, who is texted by them, and where its jobs are
 * routed. */
#ifndef CONFIG_ROSTER_LINES_H
#define CONFIG_ROSTER_LINES_H

#include "config/roster_draft.h"

/* Reads `lines`, or makes one of the default number. After the chains. */
void roster_lines_read(struct roster_draft *draft, const struct doc_node *top);
/* Reads the people's `lines`: by which each of them is texted. After people, chains and lines. */
void roster_lines_read_via(struct roster_draft *draft);
/* Reads `job_routing`; the routes are sorted. After the people. */
void roster_lines_read_routes(struct roster_draft *draft, const struct doc_node *top);
/* The text of the first line's number as the document has it; empty without. */
struct span roster_lines_first(struct doc *doc, const struct doc_node *top);

#endif
