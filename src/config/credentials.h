/* config/credentials.h - the carrier's secrets: found, checked, kept apart.
 *
 * A name is looked for in the environment (TWILIO_AUTH_TOKEN), in the file that
 * TWILIO_AUTH_TOKEN_FILE names, among systemd's credentials (a file of that name, in upper or
 * lower case, in CREDENTIALS_DIRECTORY), and in the env file; the first that has it counts.
 * In place of a file's path may stand "exec:" and a command whose stdout is what the file would
 * hold, and in place of the env file's "aws:" and the name of a secret, or its ARN; the caller's
 * function fetches them. The env file's text may be a JSON object, too.
 * No message ever holds a value.
 * Owns: a locked arena; credentials_close wipes it. Everything is read again by the next
 * credentials_open, which is how a reload rotates them.
 * Errors: credentials_open gives ERR_BAD_INPUT with every mistake listed; what is merely absent
 * is credentials_require's.
 * Threads: one at a time; read-only afterwards.
 * Source: design section 8.
 */
#ifndef CONFIG_CREDENTIALS_H
#define CONFIG_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"

enum credential {
    CREDENTIAL_ACCOUNT_SID,
    CREDENTIAL_AUTH_TOKEN,
    CREDENTIAL_AUTH_TOKEN_2,
    CREDENTIAL_API_KEY,
    CREDENTIAL_API_SECRET,
    CREDENTIAL_FROM_NUMBER,
    CREDENTIALS
};

/* Texts end in a NUL; those not given have NULL data. */
struct credentials {
    struct arena *arena;
    struct span values[CREDENTIALS]; /* the number is E.164 */
    const char *places[CREDENTIALS]; /* "TWILIO_API_KEY", "/etc/nextring/env:3"; NULL: not given */
};

/* Gets the text that `place`, no path, stands for, into the arena; may wait. False: it has listed
 * why, under `where`, the setting that led here. */
typedef bool credentials_fetch_fn(void *ctx, const char *where, const char *place,
                                  struct arena *arena, struct span *out, struct mistakes *mistakes);

struct credentials_from {
    char *const *environment; /* ends in NULL; NULL: none */
    const char *env_file;     /* NULL: none */
    uid_t self;               /* effective user */
    credentials_fetch_fn *fetch;
    void *fetch_ctx;
};

MUST_USE enum err credentials_open(const struct credentials_from *from, struct credentials **out,
                                   struct mistakes *mistakes);
/* Wipes and releases; accepts a pointer to NULL and leaves NULL. */
void credentials_close(struct credentials **credentials);

/* "TWILIO_AUTH_TOKEN". */
const char *credentials_name(enum credential which);
/* A place for people: of a command no more than the program, whose arguments may say too much. */
const char *credentials_place_shown(struct arena *arena, const char *place);
/* False for what may be shown: ids and the number. */
bool credentials_is_secret(enum credential which);
/* What a value is for, "it checks the carrier's signatures". */
const char *credentials_use(enum credential which);
/* The value for people: ids and the number are known by their ends, of secrets nothing is told.
 * "" when it was not given. */
const char *credentials_shown(struct arena *arena, const struct credentials *credentials,
                              enum credential which);

/* What the daemon needs: account, auth token, API key and its secret. Lists what is missing and
 * how to give it. */
MUST_USE enum err credentials_require(const struct credentials *credentials,
                                      struct mistakes *mistakes);
bool credentials_is_same(const struct credentials *a, const struct credentials *b,
                         enum credential which);

#endif
