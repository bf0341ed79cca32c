/* sql/sql_jobs.h - jobs in the SQLite store: their rows, and whose they are.
 *
 * Errors stick to the connection (sql/sql.h). Threads: as sqlite_store.h.
 */
#ifndef SQL_SQL_JOBS_H
#define SQL_SQL_JOBS_H

#include "model/job.h"
#include "sql/sql.h"

/* Reads the row that `q` (the columns of a job) stands at. */
struct job *sql_jobs_get(struct sql_query *q, struct arena *arena);
/* Adds or changes; texts are rendered into `scratch`. */
void sql_jobs_save(struct sql *sql, const struct job *job, bool fresh, struct arena *scratch);

#endif
