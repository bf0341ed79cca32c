/* net/http_client.h - HTTP out: many requests at once over kept connections.
 *
 * What matters for a request that must not happen twice is whether it left: NOT_SENT is said
 * only when no byte of the request reached the peer (name, connect, TLS), and HTTP_UNSURE for
 * whatever broke after that without a whole answer.
 * Owns: its connections. Request memory may go once http_client_send has returned.
 * Threads: loop thread only.
 * Source: libcurl's multi interface, CURLINFO_PRETRANSFER_TIME, CURLINFO_REQUEST_SIZE,
 * CURLOPT_AWS_SIGV4.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "net/http_trouble.h"
#include "net/loop.h"

struct http_client;

enum http_outcome { HTTP_ANSWERED, HTTP_NOT_SENT, HTTP_UNSURE, HTTP_OUTCOMES };

struct http_call {
    const char *method; /* "GET", "POST", ... */
    const char *url;
    const char *user; /* basic authentication; NULL: none. Sent to the first host only */
    const char *password;
    const char *sign_as;     /* NULL, or what user and password sign (AWS Signature Version 4), as
                                "aws:amz:REGION:s3"; `headers` then hold x-amz-content-sha256 */
    const char *unix_socket; /* path; NULL: TCP */
    const char *const *headers; /* "Name: value" lines, NULL-ended; may be NULL */
    struct span body;           /* sent as is; content type by `headers` */
    bool body_stays;            /* it lives until `done`, and is not copied */
    int connect_ms, total_ms;   /* time limits of real time; 0: 5 s and 30 s */
    size_t max_bytes;           /* of the answer's body; 0: 1 MiB */
    bool public_only;    /* refuses private addresses (net/private_address.h) when it connects, and
                            a kept connection to one: HTTP_NOT_SENT */
    int idle_ms;         /* the longest wait for the answer's next byte; 0: total_ms alone counts */
    const char *ca_file; /* PEM of the authorities believed; NULL: the system's */
    bool unverified;     /* any certificate will do */
    bool unpack;         /* asks for gzip, and unpacks it */
    bool keep_head;      /* the answer's header lines are wanted */
    bool keep_peer;      /* who answered is wanted: `peer` and `cert_until` */
    /* Where the body of an answer 200 goes, piece by piece, instead of into the result; false: no
     * more of it. NULL: nowhere. */
    bool (*sink)(void *ctx, struct span piece);
    void *sink_ctx;
};

struct http_result {
    enum http_outcome outcome;
    int status;       /* HTTP_ANSWERED only */
    struct span body; /* within the limit, else outcome HTTP_UNSURE; valid during the call-back */
    struct span type; /* content type */
    struct span location;      /* of a redirect, as sent; redirects are never followed */
    int retry_after_s;         /* from Retry-After in seconds; -1 without */
    struct span cookie;        /* first Set-Cookie line's value, or empty */
    struct span etag;          /* as sent, with its quotes; or empty */
    bool too_large;            /* HTTP_UNSURE because of that limit */
    enum http_trouble trouble; /* HTTP_FINE when answered */
    bool begun;                /* not answered, but part of an answer has come */
    struct span head;          /* keep_head: the lines "Name: value", each ended by a line feed */
    struct span peer;          /* keep_peer: the numeric address that was connected to */
    struct span cert_until;    /* keep_peer: when its certificate ends, "Feb 18 00:00:00 2027 GMT";
                                  empty without one, or when the handshake failed */
    const char *why; /* words for a log when not answered; static or valid during the call */
    int64_t took_us;
};

typedef void http_done_fn(void *ctx, const struct http_result *result);

MUST_USE enum err http_client_open(struct loop *loop, struct http_client **out);
/* Drops what is under way without calling back. */
void http_client_close(struct http_client **client);
/* Sends; `done` is called once, from a later turn. Cannot fail: what cannot even be started
 * is reported as HTTP_NOT_SENT. */
void http_client_send(struct http_client *client, const struct http_call *call, http_done_fn *done,
                      void *ctx);
/* Requests under way. */
unsigned http_client_busy(const struct http_client *client);

/* One request, blocking, without a loop: for the command line and the start. The texts of the
 * result live in `arena`. */
void http_client_once(struct arena *arena, const struct http_call *call, struct http_result *out);

#endif
