/* source/address.h - a document at an https:// or s3:// address: what is asked for it, and what
 * the answer means.
 *
 * It is got unless it is what we have already (If-None-Match), and put unless somebody else has
 * changed it (If-Match). Private addresses are refused when the connection is made, but for the
 * endpoint that the settings name, and in a rehearsal.
 * Owns: nothing; results live in the arena.
 * Errors: as ADDRESS_FAILED, in words that name cause and mend and hold no secret.
 * Threads: any.
 * Source: RFC 9110, section 13; Amazon S3, "Conditional requests".
 */
#ifndef SOURCE_ADDRESS_H
#define SOURCE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "config/settings.h"
#include "net/http_client.h"

/* Of s3://. Texts may be NULL. */
struct address_keys {
    const char *region, *key_id, *secret, *session_token;
    const char *endpoint; /* in place of Amazon's, without a slash at the end */
};

/* Those of the settings, whose texts it borrows. */
struct address_keys address_keys_of(const struct settings *settings);

struct address_ask {
    const char *address;
    const struct address_keys *keys;
    struct span etag; /* of what we have; empty: nothing */
    bool is_put;      /* `body` goes there, in place of what `etag` is of, or of nothing */
    bool is_drop;     /* it is deleted */
    bool is_post;     /* `body` is posted */
    bool is_part;     /* with is_put: a part of what comes together later, so without a condition */
    const char *range; /* "bytes=0-99": these alone are got; NULL: all of it */
    const char *query; /* S3, of an object, or of a bucket when that is left out: what is asked of
                          it, in the order and escaped as signatures have it; NULL: nothing */
    struct span body;
    bool private_too; /* a rehearsal, whose addresses are on loopback */
    bool redirected;  /* a second redirect is refused */
};

enum address_fate {
    ADDRESS_GOT,    /* `text` and `etag` are there */
    ADDRESS_SAME,   /* what we have is what there is */
    ADDRESS_PUT,    /* `etag` is there */
    ADDRESS_OTHER,  /* somebody else has changed it: get it again */
    ADDRESS_ABSENT, /* nothing is there */
    ADDRESS_MOVED,  /* ask again at `location` */
    ADDRESS_FAILED,
    ADDRESS_FATES
};

struct address_answer {
    enum address_fate fate;
    struct span text, etag;
    const char *location; /* ADDRESS_MOVED */
    const char *why;      /* one line, of the fates that are no success */
    bool answered;        /* the peer has said it, and will say it again */
};

/* True for a place that is got by a request; else it is a path. */
bool address_is(const char *place);
/* Without password and query, for people. */
const char *address_shown(struct arena *arena, const char *address);
/* False: it cannot be asked for, and `*out_why` tells. Borrows the texts of the keys. */
bool address_call(struct arena *arena, const struct address_ask *ask, struct http_call *out,
                  const char **out_why);
/* The answer's texts are copied into the arena. */
struct address_answer address_judge(struct arena *arena, const struct address_ask *ask,
                                    const struct http_result *result);
/* Both, and waits: before the loop runs. */
struct address_answer address_get_now(struct arena *arena, const struct address_ask *ask);

#endif
