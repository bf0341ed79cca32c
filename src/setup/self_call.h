/* setup/self_call.h - calls ourselves by the public address, as the carrier would: signed, and
 * with a signature that is wrong.
 *
 * The request is the status of a call that nobody makes, about a number that is nobody's: a right
 * one is answered 204 and changes nothing. All bear X-Nextring-Probe with the right signature, so
 * that they are told from the carrier's and are not counted as somebody's attempts.
 * It goes out from this machine: whether the carrier comes through the same firewall it cannot
 * tell.
 * Owns: nothing; all lives in the arena.
 * Threads: one.
 */
#ifndef SETUP_SELF_CALL_H
#define SETUP_SELF_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "net/http_trouble.h"

/* What the carrier is sent to, the first of them with a right signature too. */
enum { SELF_CALL_PATHS = 4 };
extern const char *const self_call_paths[SELF_CALL_PATHS];

struct self_call {
    struct arena *arena;
    struct span public_url, account, token;
};

struct self_call_answer {
    enum http_trouble trouble; /* HTTP_FINE: answered */
    const char *why;           /* when not */
    int status;
    struct span body;             /* its first line, at most 100 bytes */
    struct span location, server; /* headers of the answer; empty without */
    int64_t took_ms;
};

struct self_call_seen {
    struct self_call_answer right;                  /* at the first path */
    struct self_call_answer wrong[SELF_CALL_PATHS]; /* asked when `right` was answered 204 */
    struct span peer;                               /* the address that the name led to */
    bool is_private;                                /* nobody outside reaches it */
    int64_t cert_until_ms; /* when the certificate ends; 0: there is none, or it is not known */
};

void self_call(const struct self_call *call, struct self_call_seen *out);

#endif
