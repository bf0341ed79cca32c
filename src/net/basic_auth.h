/* net/basic_auth.h - user and password as a header line.
 *
 * Made here and not by libcurl, which would keep both beside every connection for as long as it
 * lives.
 * Threads: any.
 * Source: RFC 7617, RFC 4648.
 */
#ifndef NET_BASIC_AUTH_H
#define NET_BASIC_AUTH_H

/* "Authorization: Basic ...", to be given to arena_wipe_free. */
char *basic_auth_line(const char *user, const char *password);

#endif
