/* postgres/postgres_load.h - fills the facts of a batch that are wanted.
 *
 * In rounds: what is wanted now goes out in one statement for each kind of key, all of them in one
 * pipe; what the rows make wanted goes into the next round.
 * Owns: its columns.
 * Threads: the connection's.
 * Source: docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_LOAD_H
#define POSTGRES_POSTGRES_LOAD_H

#include "model/facts.h"
#include "postgres/postgres_hold.h"

struct postgres_load;

struct postgres_load *postgres_load_open(void);
void postgres_load_close(struct postgres_load **load);

/* The connection has begun its transaction, or `hold` begins it with the first round. Errors stick
 * to the connection. */
void postgres_load(struct postgres_load *load, struct postgres_hold *hold, struct facts *facts);

/* For tests: the text of each statement, NULL behind the last. */
const char *postgres_load_text(int at);

#endif
