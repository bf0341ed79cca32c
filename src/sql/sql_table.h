/* sql/sql_table.h - the rows of the table of a back end that are the same for both.
 *
 * Each is one unit of work over the back end's struct sql_store. What is left is the back end's
 * own: open_reader, close, hold, drop, load, save, due, senders, ready, unsure and orphans.
 */
#ifndef SQL_SQL_TABLE_H
#define SQL_SQL_TABLE_H

#include "sql/backend.h"

void sql_table_fill(struct store_ops *ops);

#endif
