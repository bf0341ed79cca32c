/* web/board_page.h - the board: files built from ui/board and linked in, served as they are.
 *
 * They have fixed names, so a browser asks each time whether its copy is the one of this program;
 * the answer is 304 when it is.
 * Threads: loop thread only.
 */
#ifndef WEB_BOARD_PAGE_H
#define WEB_BOARD_PAGE_H

#include <stdbool.h>

#include "net/page_file.h"
#include "visit/visit.h"

/* The build had no Node: there is only a page that says so. Generated, as the list is. */
extern const bool board_page_is_left_out;
/* Ends with a NULL path. */
extern const struct page_file board_page_files[];

visit_fn board_page; /* "/" and "/board/{file}" */

#endif
