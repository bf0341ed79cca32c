/* store/sqlite_report.h - the rows that a report is made of, as statements.
 *
 * Errors stick to the connection.
 */
#ifndef STORE_SQLITE_REPORT_H
#define STORE_SQLITE_REPORT_H

#include "store/backend.h"
#include "store/sql.h"
#include "store/store_report.h"

enum sqlite_report_part {
    SQLITE_REPORT_CALLS,
    SQLITE_REPORT_TEXTS,
    SQLITE_REPORT_RELAYS,
    SQLITE_REPORT_SPENT,
    SQLITE_REPORT_PARTS
};

/* The statement of a part. Its values are tenant, first id, id after the last, first instant,
 * instant after the last and the line (null: any), ?1 to ?6; of SPENT tenant, first and last day,
 * ?1 to ?3. */
const char *sqlite_report_text(enum sqlite_report_part part);

void sqlite_report(struct sql *sql, const struct store_report_ask *ask,
                   const struct store_report_reader *reader);

#endif
