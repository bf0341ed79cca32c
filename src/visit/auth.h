/* visit/auth.h - who asks: the carrier by its signature, programs by their token, people by their
 * session (visit/session.h).
 *
 * A token's text is never kept: it is looked up by its SHA-256, and what was found is believed
 * for a minute unless it is revoked through this process.
 * Owns: the cache.
 * Threads: loop thread only.
 */
#ifndef VISIT_AUTH_H
#define VISIT_AUTH_H

#include "visit/visit.h"

enum { AUTH_TOKEN_SIZE = 47 }; /* "nr_", 43 characters of base64url and a NUL */

struct auth_cache *auth_cache_open(void);
void auth_cache_close(struct auth_cache **cache);

/* True when the request carries one signature and it is right for the configured address, by a
 * token of the account that it bears (empty: the host's). */
bool auth_is_signed(struct visit *v, const struct form *form, struct span account);
bool auth_has_signature(const struct visit *v);
/* What was tried, for people who debug; the trials' addresses are in the visit's arena. */
void auth_explain(struct visit *v, const struct form *form, struct span account,
                  struct signature_report *out);
/* Why one that is not signed right is refused. Whoever scans the net signs nothing and knows no
 * account: only what bears both is likely the carrier's, and turned away by a mistake of ours. */
enum metric_refusal auth_refusal(const struct visit *v, struct span account);
/* True when it says, by a header that is signed right, that it is nextring's own doctor: it is
 * answered as any other, and counts neither as the carrier's nor as a stranger's. */
bool auth_is_probe(struct visit *v, const struct form *form, struct span account);

/* Goes on with `then` when the caller has the route's role, with v->tenant, v->bound, v->role,
 * v->user and v->asked filled; answers 400, 401, 403, 404 or 503 itself otherwise. A request that
 * has a token and a session is the token's, and a check that fails never falls through to the
 * other. */
void auth_token(struct visit *v, visit_fn *then);
/* The same for what sessions alone may do. */
void auth_session(struct visit *v, visit_fn *then);

/* Whose something new shall be, by its field "tenant": "" is the visit's own, "*" every tenant's,
 * which only somebody who has every tenant may give away. False: answered. */
bool auth_whose(struct visit *v, struct span slug, int32_t *out);

/* Makes a token's text and its hash. */
void auth_make(char out_text[AUTH_TOKEN_SIZE], uint8_t out_hash[32]);
void auth_forget_all(struct site *site); /* it may be known no more, or be another's */
void auth_forget(struct site *site, int64_t token);

#endif
