/* postgres/postgres_nodes.h - the nodes of a PostgreSQL database: their rows, leases, chores, and
 * what they tell one another.
 *
 * A lease goes by the server's clock; every row is changed by compare and set on the incarnation.
 * Source: docs/adr/0029-leases-and-chores.md.
 */
#ifndef POSTGRES_POSTGRES_NODES_H
#define POSTGRES_POSTGRES_NODES_H

#include "sql/backend.h"

/* Fills the rows about nodes; each store of these is a struct sql_store. */
void postgres_nodes(struct store_ops *ops);

#endif
