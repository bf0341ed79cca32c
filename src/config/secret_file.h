/* config/secret_file.h - small files that hold secrets: read whole, refused when too open,
 * and taken apart.
 *
 * What is judged is the file that a link leads to, and that is open by then.
 * Owns: the text lives in the arena, which the caller has marked secret; no other copy is made.
 * Errors: ERR_NOT_FOUND, ERR_DENIED and ERR_FULL, each with one mistake listed that says how to
 * mend it.
 */
#ifndef CONFIG_SECRET_FILE_H
#define CONFIG_SECRET_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"

enum { SECRET_FILE_MAX_BYTES = 64 * 1024 };

enum secret_file_rule {
    SECRET_FILE_PRIVATE, /* mode within 600, owner `self` or root */
    SECRET_FILE_MOUNTED, /* the same; where nothing can be written, as of a container's mount,
                            others may read it, and anybody may own it */
    SECRET_FILE_PUBLIC, /* no secret, as a certificate: all may read it, its owner alone write it */
    SECRET_FILE_SYSTEMD /* of its credentials: the group bits are what its access list is shown as
                         */
};

/* `where` names the setting that led here; `self` is the effective user. */
MUST_USE enum err secret_file_read(struct arena *arena, const char *path, const char *where,
                                   enum secret_file_rule rule, uid_t self, struct span *out,
                                   struct mistakes *mistakes);

/* One entry; `value` lives in the arena or in the text. */
typedef void (*secret_file_fn)(void *user, int line, struct span key, struct span value);

/* The KEY=value lines of an env file, as shells and containers write them: `export ` before the
 * key, '#' comments, single quotes (nothing is special inside), double quotes (\" \\ \$ \`
 * inside), a comment after white space. Nothing is expanded. Lines that are no entry are listed
 * under `file`, without their text. */
void secret_file_entries(struct arena *arena, struct span text, const char *file,
                         struct mistakes *mistakes, secret_file_fn entry, void *user);

#endif
