/* simload/load_request.h - webhooks as the carrier sends them, each with its own sid and signature.
 *
 * The request and the string that is signed are built once; what differs from one to the next is
 * written into both at fixed places, so that a signed request costs about a microsecond.
 * Owns: a pair of templates a kind, until load_request_close.
 * Threads: one at a time.
 * Source: the carrier's parameters of incoming texts and calls, and of their status callbacks.
 */
#ifndef SIMLOAD_LOAD_REQUEST_H
#define SIMLOAD_LOAD_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct load_request;

enum {
    LOAD_REQUEST_CUSTOMERS_MAX = 80000,
    LOAD_REQUEST_LINES_MAX = 1000000,
    LOAD_REQUEST_SIZE = 8192,
    LOAD_REQUEST_PATH_MAX = 1024
};

enum load_kind { LOAD_TEXT, LOAD_CALL, LOAD_TEXT_STATUS, LOAD_CALL_STATUS, LOAD_KINDS };

struct load_request_shape {
    const char *host;              /* of the Host line, "127.0.0.1:8080" */
    const char *public_url;        /* what is signed before the path, "https://bench.example.com" */
    const char *paths[LOAD_KINDS]; /* "/sms/inbound", each up to LOAD_REQUEST_PATH_MAX bytes */
    unsigned weights[LOAD_KINDS];  /* of the mix; 0: none of that kind, not all may be 0 */
    const char *token, *account;
    const char *line;   /* the number that is called or written to */
    unsigned lines;     /* as many numbers from that one on, 1 to LOAD_REQUEST_LINES_MAX; above 1
                           it is load_request_is_number */
    unsigned customers; /* how many numbers they come from, to each line, 1 to
                           LOAD_REQUEST_CUSTOMERS_MAX */
    bool is_forged;     /* every signature is wrong */
    uint64_t seed;      /* of the sids: the same seed and number give the same sid */
};

/* "text", "call", "text-status", "call-status". */
bool load_kind_parse(struct span name, enum load_kind *out);

/* False for text with which a request could not be written: blanks, control characters, "^|#{". */
bool load_request_takes(const char *text);
/* "+" and eleven digits, of which the last seven can be counted on from. */
bool load_request_is_number(const char *text);

struct load_request *load_request_open(const struct load_request_shape *shape);
void load_request_close(struct load_request **request);

/* The request with this number; valid until the next call. */
struct span load_request_make(struct load_request *request, uint64_t number);

#endif
