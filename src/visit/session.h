/* visit/session.h - who asks by a browser: the cookie of his session, and whether it was one of our
 * own pages that asked.
 *
 * Of a session's secret only its SHA-256 is kept. What was looked up is believed for a minute,
 * and forgotten at once when it ends through this process. A request that changes something shows
 * two things that other sites' pages cannot give: the Origin of our pages, and the session's
 * X-CSRF-Token, which is derived from the secret by a keyed hash.
 * Owns: the cache.
 * Threads: loop thread only.
 * Source: RFC 6265, and its draft successor for the prefix __Host-.
 */
#ifndef VISIT_SESSION_H
#define VISIT_SESSION_H

#include "visit/visit.h"

enum {
    SESSION_SECRET_SIZE = 44, /* 43 characters of base64url and a NUL */
    SESSION_COOKIE_SIZE = 160,
};

struct session_cache *session_cache_open(void);
void session_cache_close(struct session_cache **cache);

/* Whether the request carries a cookie of ours, however wrong. */
bool session_is_sent(const struct visit *v);
/* Goes on with `then` when the session is valid and, unless it is a GET, the request is one of our
 * own page's: v->user, v->bound and v->role are filled. Answers 401, 403 or 503 itself otherwise.
 */
void session_enter(struct visit *v, visit_fn *then);
/* Whether the request's Origin is that of our pages. False: answered, 403. */
bool session_is_own_page(struct visit *v);

/* Makes a new session's secret, its row for the store and the user of this visit, as if he had
 * come with it. The secret is wiped with the visit's arena. */
void session_make(struct visit *v, const struct user *user, struct session *out_row,
                  char out_secret[SESSION_SECRET_SIZE]);
/* The value of Set-Cookie that sets it, or with an empty secret takes it away. */
void session_cookie(const struct visit *v, const char *secret, char out[SESSION_COOKIE_SIZE]);
/* Ends what is believed of a user's sessions, but for the one with the hash `keep` (may be NULL);
 * of one session. */
void session_forget_user(struct site *site, int64_t user, const uint8_t *keep);
void session_forget_all(struct site *site); /* each is asked for again */
void session_forget(struct site *site, const uint8_t hash[USER_HASH_BYTES]);

#endif
