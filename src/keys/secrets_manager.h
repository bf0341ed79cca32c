/* keys/secrets_manager.h - a secret of AWS Secrets Manager: what is asked for it, and what the
 * answer means.
 *
 * Named as aws:NAME, aws:ARN or the ARN alone, which tells its region, too. The version marked
 * AWSCURRENT is got.
 * Owns: nothing; results live in the arena, which is best a locked one.
 * Errors: in words that name cause and mend, and hold nothing of the secret.
 * Threads: any.
 * Source: AWS Secrets Manager, GetSecretValue; AWS Signature Version 4, done by libcurl.
 */
#ifndef KEYS_SECRETS_MANAGER_H
#define KEYS_SECRETS_MANAGER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "net/http_client.h"

/* Texts may be NULL. */
struct secrets_manager_login {
    const char *region, *key_id, *secret, *session_token;
    const char *endpoint; /* in place of Amazon's, without a slash at the end */
};

/* False: it cannot be asked for, and `*out_why` tells. Borrows the texts of the login. */
bool secrets_manager_call(struct arena *arena, const char *place,
                          const struct secrets_manager_login *login, struct http_call *out,
                          const char **out_why);
/* The secret's text; false with `*out_why`. */
bool secrets_manager_judge(struct arena *arena, const struct http_result *result, struct span *out,
                           const char **out_why);

#endif
