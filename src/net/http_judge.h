/* net/http_judge.h - which requests are refused by their header alone.
 *
 * Beside what is too large: whatever two readers could take for two different requests (two
 * lengths, a length beside chunks, two hosts), for a proxy in front may be one of them.
 * Owns: nothing; values are borrowed.
 * Threads: any.
 * Source: RFC 9112, sections 3.2 and 6.3.
 */
#ifndef NET_HTTP_JUDGE_H
#define NET_HTTP_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Zeroed before the first note. */
struct http_judge {
    unsigned lengths, encodings, hosts; /* how often the field occurs */
    struct span length, encoding;
    struct span target;
    bool needs_host; /* from HTTP/1.1 on */
    bool odd_name;   /* a field whose name others may read in another way */
    size_t header_bytes;
};

/* Takes in one header field. */
void http_judge_note(struct http_judge *judge, struct span name, struct span value);
/* Returns 0 or the status to refuse with, and then why, static. */
unsigned http_judge_status(const struct http_judge *judge, size_t max_header_bytes,
                           size_t max_body_bytes, const char **out_why);

#endif
