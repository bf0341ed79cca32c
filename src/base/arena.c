#include "base/arena.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/locked.h"

enum { FIRST_BYTES = 4096, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) char data[];
};

struct arena {
    struct block *first, *now;
    bool secret, locked;
};

void *arena_must_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    CHECK(p && "memory");
    return p;
}

void *arena_must_grow(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);

    CHECK(p && "memory");
    return p;
}

void arena_wipe_free(void *memory)
{
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

/* Pages that are locked are used to their end. */
static struct block *block_new(bool locked, size_t size)
{
    if (locked)
        size = locked_room(sizeof(struct block) + size) - sizeof(struct block);
    struct block *b = locked ? locked_open(sizeof *b + size) : malloc(sizeof *b + size);

    CHECK(b && "memory");
    b->next = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

static void block_free(const struct arena *a, struct block *b)
{
    void *memory = b;

    if (a->locked)
        locked_close(&memory, sizeof *b + b->size);
    else
        free(b);
}

static struct arena *open_arena(bool locked, size_t first_bytes)
{
    struct arena *a = arena_must_alloc(sizeof *a);

    a->secret = a->locked = locked;
    a->first = a->now = block_new(locked, first_bytes ? first_bytes : FIRST_BYTES);
    return a;
}

struct arena *arena_open(size_t first_bytes)
{
    return open_arena(false, first_bytes);
}

struct arena *arena_open_locked(size_t first_bytes)
{
    return open_arena(true, first_bytes);
}

static void block_wipe(const struct arena *a, struct block *b)
{
    if (a->secret)
        explicit_bzero(b->data, b->used);
}

void arena_reset(struct arena *a)
{
    struct block *b = a->first->next;

    while (b) {
        struct block *next = b->next;
        block_wipe(a, b);
        block_free(a, b);
        b = next;
    }
    block_wipe(a, a->first);
    a->first->next = NULL;
    a->first->used = 0;
    a->now = a->first;
}

void arena_close(struct arena **arena)
{
    if (!*arena)
        return;
    arena_reset(*arena);
    block_free(*arena, (*arena)->first);
    free(*arena);
    *arena = NULL;
}

void arena_mark_secret(struct arena *a)
{
    a->secret = true;
}

static void *take(struct arena *a, size_t size)
{
    const size_t room = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);

    if (a->now->size - a->now->used < room) {
        const size_t twice = a->now->size * 2;
        a->now->next = block_new(a->locked, room > twice ? room : twice);
        a->now = a->now->next;
    }
    void *p = a->now->data + a->now->used;
    a->now->used += room;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(take(a, size), 0, size);
}

char *arena_text(struct arena *a, struct span text)
{
    char *p = take(a, text.size + 1);

    if (text.size)
        memcpy(p, text.data, text.size);
    p[text.size] = 0;
    return p;
}

struct span arena_copy(struct arena *a, struct span text)
{
    return (struct span){arena_text(a, text), text.size};
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(size >= 0);
    char *p = take(a, (size_t)size + 1);
    vsnprintf(p, (size_t)size + 1, format, again);
    va_end(again);
    return p;
}
