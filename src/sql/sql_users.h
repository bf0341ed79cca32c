/* sql/sql_users.h - users of the pages, and their sessions.
 *
 * The functions of store/store.h of the same names; each runs inside the caller's transaction.
 * Errors stick to the connection; what was asked for is filled only without one.
 */
#ifndef SQL_SQL_USERS_H
#define SQL_SQL_USERS_H

#include "sql/backend.h"
#include "sql/sql.h"

void sql_users_add(struct sql *sql, const struct user *user);
void sql_users_get(struct sql *sql, int64_t id, struct user *out);
void sql_users_find(struct sql *sql, struct span login, struct user *out);
void sql_users_by_setup(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], struct user *out);
void sql_users_put(struct sql *sql, const struct user *user, int64_t was, const uint8_t *keep);
void sql_users_drop(struct sql *sql, int64_t id, int64_t was);
void sql_users_session_add(struct sql *sql, const struct session *session);
void sql_users_session_find(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], int64_t now_ms,
                            struct session *out_session, struct user *out_user);
/* The user is seen, too. */
void sql_users_session_used(struct sql *sql, const uint8_t hash[USER_HASH_BYTES], int64_t user,
                            int64_t now_ms);
void sql_users_session_drop(struct sql *sql, const uint8_t hash[USER_HASH_BYTES]);

#endif
