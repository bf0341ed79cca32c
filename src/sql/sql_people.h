/* sql/sql_people.h - tenants, their lines and rosters, accounts, and tokens.
 *
 * The functions of store/store.h of the same names; each runs inside the caller's transaction.
 * Errors stick to the connection.
 */
#ifndef SQL_SQL_PEOPLE_H
#define SQL_SQL_PEOPLE_H

#include "sql/backend.h"
#include "sql/sql.h"

struct sql_roster {
    int32_t tenant;
    bool good;
    struct span digest, document, mistakes, made_by, note;
};

void sql_people_tenant(struct sql *sql, struct span slug, struct span name, struct span account,
                       int64_t now_ms, int32_t *out);
void sql_people_roster_put(struct sql *sql, const struct sql_roster *roster, int64_t now_ms,
                           int64_t *out_version);
void sql_people_roster_last(struct sql *sql, int32_t tenant, struct arena *arena,
                            struct span *out_document, int64_t *out_version);
/* False while it is not live. */
bool sql_people_line_since(struct sql *sql, int32_t tenant, struct span line, int64_t *out_ms);
void sql_people_line_add(struct sql *sql, int32_t tenant, struct span line, int64_t since_ms);
void sql_people_line_drop(struct sql *sql, int32_t tenant, struct span line);
/* One of store_rosters_put, whose tenant is known. */
void sql_people_roster_keep(struct sql *sql, struct store_roster *roster, int64_t now_ms);
void sql_people_line_prune(struct sql *sql, store_is_line_fn *is_line, const void *ctx,
                           struct arena *scratch);
/* 0: never. */
int64_t sql_people_searched(struct sql *sql, struct span account);
void sql_people_searched_put(struct sql *sql, struct span account, int64_t ms);
void sql_people_token_add(struct sql *sql, const struct token *token);
/* False without a valid one. */
bool sql_people_token_find(struct sql *sql, const uint8_t hash[32], struct token *out);
void sql_people_token_used(struct sql *sql, int64_t id, int64_t now_ms);
/* False when there is none to revoke. */
bool sql_people_token_revoke(struct sql *sql, int32_t tenant, int64_t id, int64_t now_ms);

#endif
