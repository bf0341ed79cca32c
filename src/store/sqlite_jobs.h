/* store/sqlite_jobs.h - jobs in the SQLite store: their rows, and whose they are.
 *
 * Errors stick to the connection (store/sql.h). Threads: as sqlite_store.h.
 */
#ifndef STORE_SQLITE_JOBS_H
#define STORE_SQLITE_JOBS_H

#include "model/job.h"
#include "store/sql.h"

/* Reads the row that `q` (the columns of a job) stands at. */
struct job *sqlite_jobs_get(struct sql_query *q, struct arena *arena);
/* Adds or changes; texts are rendered into `scratch`. */
void sqlite_jobs_save(struct sql *sql, const struct job *job, bool fresh, struct arena *scratch);

#endif
