/* sql/sql_forget.h - erases a person from every table: number, names, words, and what others wrote
 * of him.
 *
 * Rows that count something stay without him; rows that are only about him go. A row of the log
 * keeps its place in the chain: its words go together with their salt. Before any of it each text
 * and recording that the carrier has is given a timer by which it is erased there.
 * Rows are found by his number, by his threads, and by the number in whatever was written.
 * Errors stick to the connection. Threads: the connection's.
 * Source: design section 11; docs/adr/0034-forgetting.md.
 */
#ifndef SQL_SQL_FORGET_H
#define SQL_SQL_FORGET_H

#include "base/arena.h"
#include "sql/sql.h"
#include "sql/store_forget.h"

void sql_forget_look(struct sql *sql, const struct store_forget_ask *ask,
                     struct store_forget_sight *out, struct arena *scratch);
/* One turn: *place moves on, *out_gone counts the rows that were changed. It stays where it is
 * while the carrier is still to be asked. */
void sql_forget_turn(struct sql *sql, const struct store_forget_ask *ask,
                     struct store_forget_place *place, int64_t *out_gone, struct arena *scratch);

#endif
