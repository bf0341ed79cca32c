/* sql/sql_report_only.h - the rows of lines in report-only mode (model/report_only.h).
 */
#ifndef SQL_SQL_REPORT_ONLY_H
#define SQL_SQL_REPORT_ONLY_H

#include "sql/sql_store.h"

/* Within a unit of work: each row to reader->line, if that is given. */
void sql_report_only_read(struct sql *sql, const struct store_tenants *reader);
/* As store_tenants_report_only. */
MUST_USE enum err sql_report_only_put(struct store *store, const struct report_only *row);

#endif
