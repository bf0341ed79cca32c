/* keys/aws_role.h - temporary AWS keys of the role that this machine, container or pod has.
 *
 * Asked for, in this order, is what the environment names: a web identity (AWS_ROLE_ARN and
 * AWS_WEB_IDENTITY_TOKEN_FILE, by STS), the container's host (AWS_CONTAINER_CREDENTIALS_FULL_URI or
 * _RELATIVE_URI), and else the instance (metadata service, version 2 alone), unless
 * AWS_EC2_METADATA_DISABLED is true. A plain http address is asked only where nobody else listens:
 * this machine and the link-local ones of Amazon's.
 * Owns: nothing; what comes back lives in the arena, which is best a locked one.
 * Errors: ERR_NOT_FOUND: there is no role; ERR_DENIED: there is one, and no keys came. In words
 * that name cause and mend, and hold no secret. Threads: any; it waits for the answer. Source: AWS
 * SDKs and Tools Reference Guide, container, web identity and IMDS credential providers.
 */
#ifndef KEYS_AWS_ROLE_H
#define KEYS_AWS_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct aws_role_keys {
    const char *key_id, *secret, *session_token;
    int64_t until_ms; /* when they end; 0: not told */
};

/* True for a variable that this looks at, and for one that holds a secret. */
bool aws_role_reads(struct span name);
bool aws_role_is_secret(struct span name);
/* `region`: of STS; may be NULL. */
MUST_USE enum err aws_role_get(struct arena *arena, char *const *environment, const char *region,
                               struct aws_role_keys *out, const char **out_why);

#endif
