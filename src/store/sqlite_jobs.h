/* store/sqlite_jobs.h - jobs in the SQLite store: rows, whose they are, and how burdened people
 * are.
 *
 * Threads: as sqlite_store.h.
 */
#ifndef STORE_SQLITE_JOBS_H
#define STORE_SQLITE_JOBS_H

#include "model/facts.h"
#include "store/sql.h"

/* Settles a fact of kind FACT_JOB, FACT_CUSTOMER_JOBS, FACT_CREW_JOBS or FACT_BURDEN. After an
 * error of `sql` it stays wanted. */
void sqlite_jobs_load(struct sql *sql, struct facts *facts, struct fact *fact);
/* Adds or changes; texts are rendered into `scratch`. */
void sqlite_jobs_save(struct sql *sql, const struct job *job, bool fresh, struct arena *scratch);

#endif
