/* sim/sim_page.h - the phones page: files built from ui/phones and linked in, served as they are.
 *
 * tools/embed-page makes the list; each file is there plain and gzipped.
 * Threads: any.
 * Source: RFC 9110 sections 8.8.3 (ETag) and 12.5.3; Content Security Policy level 3.
 */
#ifndef SIM_SIM_PAGE_H
#define SIM_SIM_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/http_server.h"

struct sim_page_file {
    const char *path, *type, *etag; /* etag with its quotes */
    const unsigned char *plain, *packed;
    size_t plain_size, packed_size;
};

/* The build had no Node: there is only a page that says so. Generated, as the list is. */
extern const bool sim_page_is_left_out;
/* Ends with a NULL path. */
extern const struct sim_page_file sim_page_files[];

bool sim_page_is(struct span path);
/* Answers GET and HEAD of such a path; 304 when the asker has it. */
void sim_page_serve(struct http_request *rq);

#endif
