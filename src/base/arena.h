/* base/arena.h - memory for one unit of work: allocate by moving a pointer, release at once.
 *
 * Owns: its blocks. Nobody frees inside it; what it gave is gone after reset or close.
 * Errors: only the system's own want of memory, which aborts here and nowhere else.
 * Threads: one at a time; an arena may be handed from thread to thread.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena;

/* Returns a new arena whose first block holds `first_bytes` (0: a default of 4 KiB). */
struct arena *arena_open(size_t first_bytes);
/* The same in locked memory (base/locked.h), and marked secret: for secrets that stay for long. */
struct arena *arena_open_locked(size_t first_bytes);
/* Wipes (when marked secret) and releases; accepts a pointer to NULL and leaves NULL. */
void arena_close(struct arena **arena);
/* Empties the arena but keeps its first block. */
void arena_reset(struct arena *arena);
/* From now on reset and close wipe all that was given. */
void arena_mark_secret(struct arena *arena);

/* Returns `size` zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_N(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (n)))

/* Returns a copy ending in a NUL that its size does not count. */
struct span arena_copy(struct arena *arena, struct span text);
/* The same as a C string. */
char *arena_text(struct arena *arena, struct span text);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format,
                                                         ...);

/* malloc and friends that abort when the system has no memory; for the few things that
 * outlive every arena. */
void *arena_must_alloc(size_t size);
void *arena_must_grow(void *old, size_t size);
/* free() that wipes first: for libraries that are given secrets. NULL is nothing. */
void arena_wipe_free(void *memory);

#endif
