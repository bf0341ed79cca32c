/* store/sqlite_view.h - the lists of store_view, as statements.
 *
 * Errors stick to the connection; a filter that a view does not know is ERR_BAD_INPUT.
 */
#ifndef STORE_SQLITE_VIEW_H
#define STORE_SQLITE_VIEW_H

#include "store/backend.h"
#include "store/sql.h"

enum { SQLITE_VIEW_SIZE = 4096 };

/* Writes the statement of a view; its values are tenant, id, thread, after, state, job, sid, limit,
 * operator_id, line, after_ms, since, until, kind, match and digits, ?1 to ?16. False when the view
 * does not know one of the filters. */
bool sqlite_view_render(enum view view, const struct view_filter *filter,
                        char out[SQLITE_VIEW_SIZE]);
void sqlite_view(struct sql *sql, const struct view_ask *ask);

#endif
