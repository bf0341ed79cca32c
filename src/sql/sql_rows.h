/* sql/sql_rows.h - a row of a query as the struct that decisions work on.
 *
 * Each reads the columns of its table (sql_texts.c), in their order, from the row at which `q`
 * stands, into the arena. What cannot be read sticks as the connection's error (sql.h).
 * Threads: as the connection.
 */
#ifndef SQL_SQL_ROWS_H
#define SQL_SQL_ROWS_H

#include "model/facts.h"
#include "sql/sql.h"

/* Plain values. Of a tag tenant and operator are not read: whoever asked has named them. */
struct tag sql_rows_tag(struct sql_query *q);
struct duty sql_rows_duty(struct sql_query *q);
struct timer sql_rows_timer(struct sql_query *q);
struct spent sql_rows_spent(struct sql_query *q);

/* Each returns the struct of its name, and of a claim a struct claim_fact. */
void *sql_rows_thread(struct sql_query *q, struct arena *arena);
void *sql_rows_relay(struct sql_query *q, struct arena *arena);
void *sql_rows_cascade(struct sql_query *q, struct arena *arena);
void *sql_rows_message(struct sql_query *q, struct arena *arena);
void *sql_rows_outbox(struct sql_query *q, struct arena *arena);
void *sql_rows_job(struct sql_query *q, struct arena *arena);
void *sql_rows_link(struct sql_query *q, struct arena *arena);
void *sql_rows_consent(struct sql_query *q, struct arena *arena);
void *sql_rows_party(struct sql_query *q, struct arena *arena);
void *sql_rows_question(struct sql_query *q, struct arena *arena);
void *sql_rows_claim(struct sql_query *q, struct arena *arena);

#endif
