/* api/timeline.h - everything between one customer and one line in one list, latest first: texts,
 * calls, what was done about them, and the moves of their jobs.
 *
 * An item is {"type", "at", "note"} and the row of its type, shaped as in its own list.
 * Threads: loop thread only.
 */
#ifndef API_TIMELINE_H
#define API_TIMELINE_H

#include "visit/visit.h"

visit_fn timeline_list; /* of the thread in the path; ?limit= ?after= */

#endif
