/* model/tenant.h - a business that the host serves: on what terms, at which account of the
 * carrier, and the names of its secrets.
 *
 * Plain data, one struct a table, as in model/rows.h. A secret stands here sealed.
 */
#ifndef MODEL_TENANT_H
#define MODEL_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "model/limits.h"

enum tenant_state { TENANT_ACTIVE, TENANT_SUSPENDED, TENANT_STATES };
const char *tenant_state_name(enum tenant_state state);
bool tenant_state_parse(struct span text, enum tenant_state *out);

enum { TENANT_WEIGHT_MAX = 1000, TENANT_A_DAY_MAX = 10000000 };

/* What the host grants, beside what the tenant's own roster says. */
struct tenant_terms {
    enum tenant_state state;
    int32_t weight;                   /* its share among tenants: 1 to TENANT_WEIGHT_MAX */
    int32_t texts_a_day, calls_a_day; /* 0: without bound */
};

struct tenant {
    int32_t id;
    char slug[LIMIT_SLUG_SIZE];
    char name[LIMIT_NAME_SIZE];
    char account[LIMIT_SID_SIZE]; /* at the carrier */
    struct tenant_terms terms;
    int64_t created_ms, changed_ms; /* changed: its terms, account or secrets; 0: never */
};

enum tenant_secret {
    TENANT_AUTH_TOKEN,
    TENANT_AUTH_TOKEN_2,
    TENANT_API_KEY,
    TENANT_API_SECRET,
    TENANT_ALARM_SECRET, /* signs what goes to his alarm webhook; none of the carrier's */
    TENANT_SECRETS
};
const char *tenant_secret_name(enum tenant_secret secret);
bool tenant_secret_parse(struct span text, enum tenant_secret *out);

/* The longest value that one has, in bytes. */
enum { TENANT_SECRET_MAX = 200, TENANT_KEY_ID_SIZE = 17, TENANT_SEALED_MAX = 320 };
struct tenant_sealed {
    int32_t tenant;
    enum tenant_secret name;
    uint8_t bytes[TENANT_SEALED_MAX];
    uint16_t size;
    char key_id[TENANT_KEY_ID_SIZE]; /* of the key that opens it */
    int64_t changed_ms;
};

/* A tenant that nobody has said anything of. */
extern const struct tenant_terms tenant_terms_usual;

/* 1 to LIMIT_SLUG_SIZE - 1 of a-z, 0-9 and '-'. */
bool tenant_is_slug(struct span text);
/* 1 to LIMIT_SID_SIZE - 1 letters, digits, '-' and '_'. */
bool tenant_is_account(struct span text);

/* In a list that is sorted by slug; NULL without. */
const struct tenant *tenant_find(const struct tenant *list, size_t count, struct span slug);

#endif
