/* api/board_api.h - the board in one answer: live calls, who waits, who is on duty, what is wrong,
 * and the cursor from which the stream goes on.
 *
 * Rows and cursor are of one instant: nothing is lost between this answer and the stream.
 * Threads: loop thread only.
 */
#ifndef API_BOARD_API_H
#define API_BOARD_API_H

#include "visit/visit.h"

visit_fn board_api_show;

#endif
