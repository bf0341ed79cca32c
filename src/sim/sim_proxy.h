/* sim/sim_proxy.h - the carrier under its own host names, for clients that know no other.
 *
 * An HTTP proxy that takes CONNECT to the simulated hosts, port 443, ends their TLS with
 * certificates of a throw-away authority, and hands the bytes to the simulator's own address,
 * whose REST API the Host line then tells what is meant. A peer that begins with TLS at once is
 * served too (a hosts file instead of a proxy). Whatever else is asked for is refused, with a
 * line in the log.
 * Owns: its listener, its connections, the authority; the loop stays the caller's.
 * Errors: with words: ERR_BAD_INPUT no address of loopback, ERR_CONFLICT in use, ERR_BROKEN the
 * certificate cannot be made or written.
 * Threads: loop thread only.
 * Source: RFC 9110 section 9.3.6.
 */
#ifndef SIM_SIM_PROXY_H
#define SIM_SIM_PROXY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

struct sim_proxy;

enum { SIM_PROXY_WORDS = 240, SIM_PROXY_CONNECTIONS_MAX = 500 };

struct sim_proxy_options {
    struct span listen;  /* "127.0.0.1:8443", "[::1]:0" */
    const char *base;    /* where the bytes go, "http://127.0.0.1:8082" */
    const char *ca_path; /* the authority's certificate is written there, mode 0644 */
};

MUST_USE enum err sim_proxy_open(struct loop *loop, const struct sim_proxy_options *options,
                                 struct sim_proxy **out, char out_words[SIM_PROXY_WORDS]);
void sim_proxy_close(struct sim_proxy **proxy);
/* "http://127.0.0.1:8443", as long as it is open. */
const char *sim_proxy_url(const struct sim_proxy *proxy);

#endif
