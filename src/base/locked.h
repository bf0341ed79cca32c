/* base/locked.h - pages for secrets: not swapped out, not in a core dump, zeroed in a process that
 * is forked later, and wiped when they are given back.
 *
 * What the system refuses to lock (RLIMIT_MEMLOCK) is used all the same, and counted, so that the
 * program can say it once.
 * Owns: the pages are whoever's that asked for them, until locked_close.
 * Errors: only the system's own want of memory, which aborts.
 * Threads: any.
 * Source: mlock(2), madvise(2): MADV_DONTDUMP, MADV_WIPEONFORK.
 */
#ifndef BASE_LOCKED_H
#define BASE_LOCKED_H

#include <stddef.h>

/* What `bytes` become: whole pages. */
size_t locked_room(size_t bytes);
/* Returns locked_room(bytes) zeroed bytes, aligned to a page. */
void *locked_open(size_t bytes);
/* Wipes and releases; `bytes` as given to locked_open. Accepts a pointer to NULL, leaves NULL. */
void locked_close(void **memory, size_t bytes);
/* How much could not be locked since the start. */
size_t locked_refused_bytes(void);

#endif
