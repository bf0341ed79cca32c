/* sql/sql_view.h - the lists of store_view, as statements.
 *
 * Errors stick to the connection; a filter that a view does not know is ERR_BAD_INPUT.
 */
#ifndef SQL_SQL_VIEW_H
#define SQL_SQL_VIEW_H

#include "sql/backend.h"
#include "sql/sql.h"

enum { SQL_VIEW_SIZE = 4096 };

/* Writes the statement of a view; its values are tenant, id, thread, after, state, job, sid, limit,
 * operator_id, line, after_ms, since, until, kind, match and digits, ?1 to ?16. False when the view
 * does not know one of the filters. */
bool sql_view_render(enum view view, const struct view_filter *filter, char out[SQL_VIEW_SIZE]);
void sql_view(struct sql *sql, const struct view_ask *ask);

#endif
