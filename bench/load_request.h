/* bench/load_request.h - webhooks as the carrier sends them, each with its own sid and signature.
 *
 * The request and the string that is signed are built once; what differs from one to the next is
 * written into both at fixed places, so that a signed request costs about a microsecond.
 * Owns: the two templates, until load_request_close.
 * Threads: one at a time.
 * Source: the carrier's parameters of an incoming text and of an incoming call.
 */
#ifndef BENCH_LOAD_REQUEST_H
#define BENCH_LOAD_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct load_request;

enum { LOAD_REQUEST_CUSTOMERS_MAX = 80000, LOAD_REQUEST_SIZE = 4096 };

struct load_request_shape {
    const char *path;       /* "/sms/inbound" */
    const char *public_url; /* what is signed before the path, "https://bench.example.com" */
    const char *token, *account;
    const char *line;   /* the number that is called or written to */
    unsigned customers; /* how many numbers they come from, 1 to LOAD_REQUEST_CUSTOMERS_MAX */
    bool is_call;       /* else a text */
    bool is_forged;     /* every signature is wrong */
    uint64_t seed;      /* of the sids: the same seed and number give the same sid */
};

struct load_request *load_request_open(const struct load_request_shape *shape);
void load_request_close(struct load_request **request);

/* The request with this number; valid until the next call. */
struct span load_request_make(struct load_request *request, uint64_t number);

#endif
