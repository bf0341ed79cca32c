/* net/tls.h - our end of a TLS connection: under a certificate of ours, or under names that a
 * throw-away authority vouches for.
 *
 * A pair is a certificate with its chain, and its key; it may be exchanged while sessions go on.
 * The authority and its keys are made at the start and live in memory only; its certificate is
 * for those who shall trust it. It may sign names below one domain and nothing else, so that
 * whoever trusts it trusts it with little. A name gets its certificate when it is first asked for.
 * Owns: pairs, authority and sessions, until closed; descriptors stay the caller's.
 * Errors: ERR_BROKEN when the library refuses.
 * Threads: loop thread only.
 * Source: RFC 5280, RFC 6066 section 3, RFC 8446; OpenSSL's manual.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

struct tls_authority;
struct tls_pair;
struct tls_session;

enum { TLS_NAME_MAX = 253, TLS_WHY_SIZE = 200 };

/* What a step has come to. */
enum tls_step {
    TLS_DONE,
    TLS_WANTS_READ,  /* again once the descriptor can be read */
    TLS_WANTS_WRITE, /* again once it can be written */
    TLS_CLOSED,      /* the peer has said goodbye, or gone */
    TLS_FAILED,      /* the connection is of no use any more */
    TLS_STEPS
};

/* A pair that holds nothing yet: sessions under it fail. */
struct tls_pair *tls_pair_open(void);
void tls_pair_close(struct tls_pair **pair);
/* Takes the certificate (first) and its chain, and its key, both in PEM; sessions from now on show
 * them. ERR_BAD_INPUT: they are no such thing, or do not belong together; `out_why` tells, with the
 * mend, and the pair is as before. An ended one is taken: see tls_pair_end_s. */
MUST_USE enum err tls_pair_load(struct tls_pair *pair, struct span certificates, struct span key,
                                char out_why[TLS_WHY_SIZE]);
/* When the certificate begins to hold and when it ends, Unix seconds; 0: none is loaded. */
int64_t tls_pair_begin_s(const struct tls_pair *pair);
int64_t tls_pair_end_s(const struct tls_pair *pair);
/* Whether it is for the host of that name, or numeric address. */
bool tls_pair_is_for(const struct tls_pair *pair, const char *host);
/* A session on a connected, non-blocking descriptor. It speaks HTTP/1.1 and TLS 1.2 or 1.3. */
MUST_USE enum err tls_pair_session(struct tls_pair *pair, int fd, struct tls_session **out);

/* Whether there is a host of that name; asked in lower case. */
typedef bool tls_known_fn(struct span name);

/* An authority for names below `domain` ("twilio.com") that `known` accepts. */
MUST_USE enum err tls_authority_open(const char *domain, tls_known_fn *known,
                                     struct tls_authority **out);
void tls_authority_close(struct tls_authority **authority);
/* Its certificate in PEM, as long as it is open. */
struct span tls_authority_pem(const struct tls_authority *authority);

/* A session on a connected, non-blocking descriptor. `host`, when not empty, is the only name
 * that the peer may ask for, and the one it gets when it names none. */
MUST_USE enum err tls_session_open(struct tls_authority *authority, int fd, struct span host,
                                   struct tls_session **out);
void tls_session_close(struct tls_session **session);

enum tls_step tls_session_greet(struct tls_session *session);
/* Up to `max` bytes into `out`; a record holds 16 KiB, and with that much room nothing is left
 * inside. *out_size is written with TLS_DONE only. */
enum tls_step tls_session_read(struct tls_session *session, char *out, size_t max,
                               size_t *out_size);
/* After TLS_WANTS_... the same bytes must be offered again. */
enum tls_step tls_session_write(struct tls_session *session, struct span bytes, size_t *out_size);
/* Says goodbye, without waiting for the peer's. */
void tls_session_end(struct tls_session *session);
/* Words for a log after TLS_FAILED; static. */
const char *tls_session_why(const struct tls_session *session);

#endif
