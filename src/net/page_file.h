/* net/page_file.h - the files of a page that is linked into the program, as tools/embed-page made
 * them of a folder of ui/: each is there plain and gzipped.
 *
 * Threads: any.
 * Source: RFC 9110 sections 8.8.3 (ETag), 12.5.3 (Accept-Encoding) and 13.1.2 (If-None-Match).
 */
#ifndef NET_PAGE_FILE_H
#define NET_PAGE_FILE_H

#include <stddef.h>

#include "net/http_server.h"

struct page_file {
    const char *path, *type, *etag; /* etag with its quotes */
    const unsigned char *plain, *packed;
    size_t plain_size, packed_size;
};

/* What is answered for a file; every answer bears etag and, if not NULL, encoding. */
struct page_answer {
    int status;       /* 200; 304 when the asker has it */
    const char *type; /* NULL with 304 */
    const char *etag, *encoding;
    struct span body; /* constant */
};

/* NULL: there is none. The list ends with a NULL path. */
const struct page_file *page_file_find(const struct page_file *list, struct span path);
struct page_answer page_file_answer(const struct page_file *file, const struct http_request *rq);

#endif
