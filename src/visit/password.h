/* visit/password.h - passwords: which ones are good enough, and their Argon2id.
 *
 * A hash or a check takes some 60 ms and 64 MiB: neither belongs on the loop's or the storage
 * thread (net/worker.h). A login that nobody has is checked against a hash that no password has,
 * so that its answer comes as late as a wrong password's.
 * Threads: any.
 * Source: RFC 9106; libsodium's limits for interactive use.
 */
#ifndef VISIT_PASSWORD_H
#define VISIT_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

enum {
    PASSWORD_HASH_SIZE = 128, /* in Argon2id's own notation, with the NUL */
    PASSWORD_CHARACTERS_MIN = 10,
    PASSWORD_CHARACTERS_MAX = 200,
};

/* What is wrong with it, for people; NULL: it is good. `login`, `name` and `business` are what
 * others would try first; empty: not known. */
const char *password_judge(struct span password, struct span login, struct span name,
                           struct span business);

/* ERR_BUSY: the system has no memory for it now. */
MUST_USE enum err password_hash(struct span password, char out[PASSWORD_HASH_SIZE]);
/* `hash` "" stands for one that no password has. */
bool password_is(const char *hash, struct span password);

#endif
