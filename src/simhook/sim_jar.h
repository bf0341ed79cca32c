/* simhook/sim_jar.h - the cookies and the login of one conversation with a customer's server.
 *
 * A call is a conversation, and so are two numbers that text each other. Over a cap the oldest
 * cookie goes.
 * Owns: its cookies, until sim_jar_done. A zeroed jar is an empty one.
 * Threads: one at a time.
 * Source: RFC 6265, but for public suffixes: a cookie for a domain needs a dot in it. The login
 * is section 1.4 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_JAR_H
#define SIMHOOK_SIM_JAR_H

#include "base/arena.h"
#include "base/span.h"
#include "codec/url.h"

enum { SIM_JAR_MAX = 50, SIM_JAR_COOKIE_BYTES = 4096 };

struct sim_cookie;

struct sim_jar {
    struct sim_cookie *first; /* oldest first */
    size_t count;
    char *origin, *login; /* "https://host:port" and what it was shown there; NULL: none */
};

void sim_jar_done(struct sim_jar *jar);

/* Takes one Set-Cookie value that came from `from`; what breaks the rules is left out. */
void sim_jar_put(struct sim_jar *jar, const struct url *from, struct span line, int64_t now_ms);
/* The Cookie header for `to`, in the arena; empty when there is none. */
struct span sim_jar_get(const struct sim_jar *jar, struct arena *arena, const struct url *to,
                        int64_t now_ms);

/* Remembers the value of Authorization that `at` asked for. */
void sim_jar_log_in(struct sim_jar *jar, const struct url *at, const char *login);
/* What to show to `to`, or NULL. */
const char *sim_jar_login(const struct sim_jar *jar, const struct url *to);

#endif
