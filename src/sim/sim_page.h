/* sim/sim_page.h - the phones page: files built from ui/phones and linked in, served as they are.
 *
 * Threads: any.
 * Source: Content Security Policy level 3.
 */
#ifndef SIM_SIM_PAGE_H
#define SIM_SIM_PAGE_H

#include <stdbool.h>

#include "net/page_file.h"

/* The build had no Node: there is only a page that says so. Generated, as the list is. */
extern const bool sim_page_is_left_out;
/* Ends with a NULL path. */
extern const struct page_file sim_page_files[];

bool sim_page_is(struct span path);
/* Answers GET and HEAD of such a path; 304 when the asker has it. */
void sim_page_serve(struct http_request *rq);

#endif
