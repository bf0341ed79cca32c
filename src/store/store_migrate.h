/* store/store_migrate.h - which schema a database has, and how it is brought up.
 *
 * A schema is raised by one version after the other, each in a transaction of its own, and never
 * lowered.
 * Errors: ERR_CONFLICT, it is newer than this program; ERR_BAD_INPUT, it is another program's;
 * ERR_BUSY, a program has the file open, or the database is away. `why` names cause and mend.
 * Threads: one.
 */
#ifndef STORE_STORE_MIGRATE_H
#define STORE_STORE_MIGRATE_H

#include <stdbool.h>

#include "base/err.h"
#include "sql/backend.h"

/* `address` as store_open has it. */
bool store_migrate_is_shared(const char *address);
/* Its version, 0 where there is nothing yet; changes nothing. */
MUST_USE enum err store_migrate_look(const char *address, int *out_version,
                                     char why[STORE_WHY_SIZE]);
/* Brings it up to STORE_SCHEMA. `is_distributed`, of a new one alone: the variant whose keys all
 * begin with the tenant, to be spread over several servers. */
MUST_USE enum err store_migrate_raise(const char *address, bool is_distributed,
                                      char why[STORE_WHY_SIZE]);
/* The statements that bring one from version - 1 to `version`, from part 0 on; NULL: no more. */
const char *store_migrate_text(const char *address, int version, bool is_distributed, int part);

#endif
