/* postgres/postgres_store.h - the back end that is a PostgreSQL database, shared by equal nodes.
 *
 * It opens whether or not the database can be reached: until then each call says ERR_BUSY. Tables
 * are looked at whenever a connection is made.
 * Owns, errors, threads: as store/store.h.
 */
#ifndef POSTGRES_POSTGRES_STORE_H
#define POSTGRES_POSTGRES_STORE_H

#include "sql/backend.h"

bool postgres_store_is_address(const char *address);
/* ERR_BAD_INPUT: no address, or another program's database; ERR_CONFLICT: tables that this program
 * cannot work with. */
MUST_USE enum err postgres_store_open(const char *address, struct store **out,
                                      char why[STORE_WHY_SIZE]);

#endif
