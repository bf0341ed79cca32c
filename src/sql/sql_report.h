/* sql/sql_report.h - the rows that a report is made of, as statements.
 *
 * Errors stick to the connection.
 */
#ifndef SQL_SQL_REPORT_H
#define SQL_SQL_REPORT_H

#include "sql/backend.h"
#include "sql/sql.h"
#include "sql/store_report.h"

enum sql_report_part {
    SQL_REPORT_CALLS,
    SQL_REPORT_TEXTS,
    SQL_REPORT_RELAYS,
    SQL_REPORT_SPENT,
    SQL_REPORT_PARTS
};

/* The statement of a part. Its values are tenant, first id, id after the last, first instant,
 * instant after the last and the line (null: any), ?1 to ?6; of SPENT tenant, first and last day,
 * ?1 to ?3. */
const char *sql_report_text(enum sql_report_part part);

void sql_report(struct sql *sql, const struct store_report_ask *ask,
                const struct store_report_reader *reader);

#endif
