/* net/private_address.h - whether a network address is one that strangers must not lead us to.
 *
 * Whoever can write an address that we fetch (a redirect of the carrier, a feed, a roster) could
 * otherwise have us speak to what stands beside us. Judged is the address connected to, never a
 * name: a name may mean something else by then.
 * Pure. Threads: any.
 * Source: the IANA special-purpose address registries (RFC 6890 and its updates), RFC 4291.
 */
#ifndef NET_PRIVATE_ADDRESS_H
#define NET_PRIVATE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for everything but a unicast address of the public internet: so too for a Unix socket,
 * for IPv4 inside IPv6, and for what is reserved. NAT64's well-known prefix is judged by the
 * IPv4 address in it. */
bool private_address_is(const struct sockaddr *address);
/* The same of a numeric address ("10.0.0.1", "fe80::1%eth0"); whatever is none is private. */
bool private_address_is_text(const char *address);

#endif
