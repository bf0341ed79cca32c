/* admin/setup_api.h - how a user comes to a password: by a set-up link once, later by the old one.
 *
 * A link holds for two days, works once, and a new one kills the old. Its secret stands in the
 * fragment of the address, which no browser sends and no log has; only its SHA-256 is kept.
 * Threads: loop thread only.
 */
#ifndef ADMIN_SETUP_API_H
#define ADMIN_SETUP_API_H

#include "visit/visit.h"

enum { SETUP_API_SECRET_SIZE = 44 };

visit_fn setup_api_look;     /* POST /api/v1/setup/look: {token}; who it is for */
visit_fn setup_api_act;      /* POST /api/v1/setup: {token, password}; then as a session */
visit_fn setup_api_password; /* POST /api/v1/session/password: {old, new} */

/* Gives the user a new link, valid from `now_ms`: its secret for the address, its hash and end in
 * the row. */
void setup_api_make(struct user *user, int64_t now_ms, char out_secret[SETUP_API_SECRET_SIZE]);

#endif
