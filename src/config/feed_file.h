/* config/feed_file.h - the calendars got from addresses, as the daemon keeps them in a folder.
 *
 * A file is named by the hash of its address, which may be a secret; it holds the address, a
 * line's end and the text.
 * Errors: ERR_NOT_FOUND when it could not be written; `errno` tells why.
 * Threads: any.
 */
#ifndef CONFIG_FEED_FILE_H
#define CONFIG_FEED_FILE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/roster_defaults.h"

enum { FEED_FILES_MAX = 2000 };

/* All of the folder; none when it cannot be read. They live in the arena. Returns how many. */
size_t feed_file_list(struct arena *arena, const char *folder, struct roster_feed **out);
/* Exchanged in one step for what was there; makes the folder. */
MUST_USE enum err feed_file_put(const char *folder, const char *address, struct span text);
void feed_file_drop(const char *folder, const char *address);

#endif
