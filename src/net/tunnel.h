/* net/tunnel.h - connections whose TLS ends here: their bytes go on, plain, to one address.
 *
 * Each has two buffers of a record's size and no more: who does not read is not read from. A
 * handshake, the connection onward and a farewell have an absolute deadline each; in between the
 * server that is tunnelled to keeps its own.
 * Owns: its tunnels, with descriptor and session; the authority stays the caller's.
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

MUST_USE enum err tunnel_set_open(struct loop *loop, struct tls_authority *authority,
                                  const struct sockaddr *to, socklen_t to_size,
                                  struct tunnel_set **out);
/* Shuts all. */
void tunnel_set_close(struct tunnel_set **set);
unsigned tunnel_set_count(const struct tunnel_set *set);

/* Takes over a connected, non-blocking descriptor, whatever it returns. `host` is the name that
 * the peer must ask for; empty: any that the authority knows. */
void tunnel_add(struct tunnel_set *set, int fd, struct span host);

#endif
