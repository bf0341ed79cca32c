/* net/tunnel.h - connections whose TLS ends here: their bytes go on, plain, to one address, or to
 * the other end of a pair of sockets.
 *
 * Each keeps a record either way and no more, and while it is idle nothing: who does not read is
 * not read from. A handshake, the connection onward and a farewell have an absolute deadline each;
 * in between the server that is tunnelled to keeps its own.
 * Owns: its tunnels, with descriptors and session; the authority stays the caller's.
 * Threads: loop thread only.
 */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"
#include "net/tls.h"

struct tunnel_set;

/* `authority` is for tunnel_add alone; without it `to` is not looked at. */
MUST_USE enum err tunnel_set_open(struct loop *loop, struct tls_authority *authority,
                                  const struct sockaddr *to, socklen_t to_size,
                                  struct tunnel_set **out);
/* Shuts all; what their servers have said last is still offered to the peers. */
void tunnel_set_close(struct tunnel_set **set);
unsigned tunnel_set_count(const struct tunnel_set *set);

/* Takes over a connected, non-blocking descriptor, whatever it returns. `host` is the name that
 * the peer must ask for; empty: any that the authority knows. */
void tunnel_add(struct tunnel_set *set, int fd, struct span host);
/* Takes over a session, its non-blocking descriptor and that of the server's end. A server that
 * hangs up ends it, also before the handshake is done. */
void tunnel_join(struct tunnel_set *set, int fd, struct tls_session *session, int server_fd);

#endif
