/* sql/sql_nodes.h - nodes where one program alone has the database, and what all others learn of.
 *
 * Source: docs/adr/0029-leases-and-chores.md.
 */
#ifndef SQL_SQL_NODES_H
#define SQL_SQL_NODES_H

#include "sql/backend.h"
#include "sql/sql_store.h"

/* Fills the rows about nodes: this one is number 0, for ever, and everything is its chore. */
void sql_nodes_alone(struct store_ops *ops);
/* In the unit under way: what the others keep of this topic is to be read anew. Nothing where there
 * are no others. */
void sql_nodes_mark(struct sql_store *s, enum store_topic topic);
const char *sql_nodes_topic_name(enum store_topic topic);

#endif
