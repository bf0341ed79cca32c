/* store/view_cell.h - a cell of a row that store_view gives, by its column's name.
 *
 * Threads: any.
 */
#ifndef STORE_VIEW_CELL_H
#define STORE_VIEW_CELL_H

#include <stddef.h>

#include "sql/store_view.h"

/* Never NULL: a column that the view has not is null, as one without a value; its number is 0 and
 * its text empty. */
const struct view_cell *view_cell(const struct view_cell *cells, size_t count, const char *name);

#endif
