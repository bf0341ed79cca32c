/* keys/keys.h - the credentials in force: gathered from everywhere, kept, and read anew while the
 * daemon runs.
 *
 * Beside what config/credentials.h finds by itself: the stdout of a command (exec:, run by
 * service/helper) and a secret of AWS (keys/secrets_manager.h). The environment is read once, when
 * the program starts: what it held is kept in locked memory, and the secrets in it are overwritten,
 * so that neither /proc/PID/environ nor a process forked later has them.
 * A reload that finds a mistake changes nothing, and says each.
 * Owns: the credentials and the copy of the environment, in locked memory; the thread that reads.
 * Errors: of what is wrong, each with its place and mend, in `mistakes` or the log.
 * Threads: keys_open before there is a second one; the rest the loop's alone, once keys_serve has
 * been called.
 * Source: design section 8; docs/guides/credentials.md.
 */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "config/credentials.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "net/loop.h"
#include "service/helper.h"

struct keys;

/* Takes over what the environment has for us; `wipe` overwrites its secrets there, also those that
 * are settings. `settings` is borrowed. */
struct keys *keys_open(const struct settings *settings, bool wipe);
/* A reload under way is waited for, and nobody is told. Accepts a pointer to NULL. */
void keys_close(struct keys **keys);

/* What stood in PGPASSWORD, which libpq would look for there for each connection; NULL: nothing.
 * Lives as long as the keys. */
const char *keys_database_password(const struct keys *keys);

/* What of the environment is for us, ended by NULL; lives as long as the keys. */
char *const *keys_environment(const struct keys *keys);

/* The commands (exec:) that the helper is to know, up to `max`; how many. Texts live as long as
 * the keys. */
size_t keys_slots(const struct keys *keys, struct helper_slot *out, size_t max);

/* Reads all of them, and waits for it. `helper` is borrowed; NULL: it has no commands.
 * ERR_BAD_INPUT: something is wrong, or one that the daemon needs is missing. */
MUST_USE enum err keys_read(struct keys *keys, struct helper *helper, struct mistakes *mistakes);
/* After keys_read has failed: whether what a command prints, or what AWS keeps, was not to be had
 * just now, so that it is worth another try. */
bool keys_may_come(const struct keys *keys);
/* Those in force, after keys_read; they are others after a reload. */
const struct credentials *keys_now(const struct keys *keys);

/* From now on keys_reload may be called. `changed` is called when others come into force, before
 * the old ones are wiped: whoever has a pointer to those takes the new. */
typedef void keys_changed_fn(void *ctx, const struct credentials *fresh);
void keys_serve(struct keys *keys, struct loop *loop, keys_changed_fn *changed, void *ctx);

/* Reads all anew, beside the loop; the log tells how it went. `done` (may be NULL) is called on a
 * later turn; `why` is one line for people and lives during the call. What is asked for while one
 * is under way is read once more after it. */
typedef void keys_done_fn(void *ctx, bool is_good, const char *why);
void keys_reload(struct keys *keys, keys_done_fn *done, void *ctx);

/* For other programs than the daemon: all of it at once, with a helper of its own when there is a
 * command. The caller closes the credentials. ERR_BAD_INPUT: something is wrong; what is merely
 * missing is credentials_require's. */
MUST_USE enum err keys_once(const struct settings *settings, struct credentials **out,
                            struct mistakes *mistakes);

#endif
