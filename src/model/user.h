/* model/user.h - who may ask: roles, the tokens that programs show, the users of the pages and
 * their sessions.
 *
 * Plain data, one struct a table, as in model/rows.h. What proves who somebody is stands here as a
 * hash alone.
 */
#ifndef MODEL_USER_H
#define MODEL_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/limits.h"

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_DISPATCHER, ROLE_ADMIN, ROLES };
struct token {
    int64_t id;
    int32_t tenant; /* 0: every tenant */
    enum role role;
    uint8_t hash[32]; /* SHA-256 of the token's text */
    char name[LIMIT_NAME_SIZE];
    int64_t created_ms, revoked_ms, used_ms;
};
const char *role_name(enum role role);
bool role_parse(struct span text, enum role *out);

/* Who signs in to the pages. */
enum { USER_LOGIN_SIZE = 64, USER_PASSWORD_SIZE = 128, USER_HASH_BYTES = 32, USER_SETUP_USED = 1 };
struct user {
    int64_t id;
    int32_t tenant;              /* 0: every tenant */
    char login[USER_LOGIN_SIZE]; /* ASCII; unique, and found, whatever its case */
    char name[LIMIT_NAME_SIZE];
    enum role role;
    char operator_id[LIMIT_SLUG_SIZE];   /* who he is on the roster; empty: nobody */
    char password[USER_PASSWORD_SIZE];   /* Argon2id's own notation; empty: not set yet */
    uint8_t setup_hash[USER_HASH_BYTES]; /* of the link by which he sets it, until then */
    int64_t setup_until_ms;              /* 0: there is none; USER_SETUP_USED: he has used it */
    uint8_t code_hash[USER_HASH_BYTES];  /* of the code that was texted to him */
    int64_t code_until_ms;               /* 0: there is none */
    int32_t code_tries;                  /* wrong ones since */
    int64_t created_ms, disabled_ms, seen_ms;
    int64_t version; /* of what people edit; from 1 */
};
/* Dies when nobody has used it for so long, and in any case at `expires_ms`. */
enum { SESSION_IDLE_MS = 12 * 3600 * 1000, SESSIONS_OF_ONE = 20, SESSION_AGENT_SIZE = 128 };
struct session {
    uint8_t hash[USER_HASH_BYTES]; /* SHA-256 of its secret's text */
    int64_t user;
    int64_t created_ms, used_ms, expires_ms;
    char agent[SESSION_AGENT_SIZE]; /* what the browser calls itself */
};

#endif
