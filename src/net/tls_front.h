/* net/tls_front.h - takes connections at a listening socket, ends their TLS and hands on what they
 * say inside.
 *
 * Each connection is handed on at once, before its handshake, so that whoever takes it counts it
 * and sets its deadlines as he does for any other; when he shuts his end, it is over.
 * Owns: the listening socket, from tls_front_open on, and its tunnels; the pair stays the caller's.
 * Threads: loop thread only.
 */
#ifndef NET_TLS_FRONT_H
#define NET_TLS_FRONT_H

#include <sys/socket.h>

#include "base/err.h"
#include "net/loop.h"
#include "net/tls.h"

struct tls_front;

/* Takes over a connected descriptor, whatever it does with it; `peer` is who is at its far end. */
typedef void tls_front_take_fn(void *ctx, int fd, const struct sockaddr *peer, socklen_t size);

struct tls_front_options {
    struct loop *loop;
    struct tls_pair *pair;
    int fd;               /* listens, non-blocking */
    unsigned connections; /* above: closed at once */
    tls_front_take_fn *take;
    void *ctx;
};

/* ERR_BROKEN: the socket is not watched, and stays the caller's. */
MUST_USE enum err tls_front_open(const struct tls_front_options *options, struct tls_front **out);
/* Takes no more, and closes the listening socket; open connections go on. */
void tls_front_drain(struct tls_front *front);
/* Ends all; what was said last is still offered to the peers. */
void tls_front_close(struct tls_front **front);

#endif
