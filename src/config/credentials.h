/* config/credentials.h - the carrier's secrets: found, checked, kept apart.
 *
 * A name is looked for in the environment (TWILIO_AUTH_TOKEN), in the file that
 * TWILIO_AUTH_TOKEN_FILE names, among systemd's credentials (a file of that name, in upper or
 * lower case, in CREDENTIALS_DIRECTORY), and in the env file; the first that has it counts.
 * No message ever holds a value.
 * Owns: an arena marked secret; credentials_close wipes it. Files are read again by the next
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
    bool has_api_key;                /* key and secret, for REST calls at run time */
};

struct credentials_from {
    char *const *environment; /* ends in NULL; NULL: none */
    const char *env_file;     /* NULL: none */
    uid_t self;               /* effective user */
};

MUST_USE enum err credentials_open(const struct credentials_from *from, struct credentials **out,
                                   struct mistakes *mistakes);
/* Wipes and releases; accepts a pointer to NULL and leaves NULL. */
void credentials_close(struct credentials **credentials);

/* "TWILIO_AUTH_TOKEN". */
const char *credentials_name(enum credential which);
/* What every run needs: account and auth token. Lists what is missing and how to give it. */
MUST_USE enum err credentials_require(const struct credentials *credentials,
                                      struct mistakes *mistakes);
/* One line for people when there is no API key; NULL when there is. */
const char *credentials_warning(const struct credentials *credentials);

#endif
