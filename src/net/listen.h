/* net/listen.h - a listening socket from what the settings say.
 *
 * Owns: the descriptor and the socket file are the caller's once opened.
 * Errors: ERR_BAD_INPUT no address of this machine, ERR_CONFLICT in use, ERR_DENIED not
 * permitted, ERR_BROKEN the system's refusal for another reason.
 * Threads: any.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#include "base/err.h"
#include "base/span.h"

enum { LISTEN_PEER_SIZE = INET6_ADDRSTRLEN };

struct listen_socket {
    int fd;
    int port;                                             /* 0: a Unix socket */
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* empty: TCP */
    uint64_t device, inode;                               /* of the socket file, to know it again */
};

/* Opens "ADDRESS:PORT", "[ADDRESS]:PORT" (numeric; port 0 picks one) or "unix:/path": non-
 * blocking, closed on exec. A Unix socket's file has mode 0600 before anybody can connect and
 * replaces one that nobody listens on any more. */
MUST_USE enum err listen_open(struct span address, struct listen_socket *out);
/* Takes over a socket that somebody else has opened and listens on already, whatever its address.
 * ERR_BAD_INPUT: it takes no connections. */
MUST_USE enum err listen_adopt(int fd, struct listen_socket *out);
/* Whether the socket listens at "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0 is any. */
bool listen_is_at(int fd, struct span address);
/* Removes the socket file, unless another program has put its own there meanwhile. */
void listen_unlink(const struct listen_socket *socket);
/* Writes the numeric address without port, an IPv4 one in its own form; "unix" for others. */
void listen_peer_name(const struct sockaddr *peer, char out[LISTEN_PEER_SIZE]);
/* Whether the peer of a connection has closed its end, and nothing of it is left to read. */
bool listen_has_gone(int fd);

#endif
