#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { FIRST_BYTES = 4096, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) char data[];
};

struct arena {
    struct block *first, *now;
    bool secret;
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

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);

    CHECK(b && "memory");
    b->next = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_open(size_t first_bytes)
{
    struct arena *a = arena_must_alloc(sizeof *a);

    a->first = a->now = block_new(first_bytes ? first_bytes : FIRST_BYTES);
    return a;
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
        free(b);
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
    free((*arena)->first);
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
        a->now->next = block_new(room > twice ? room : twice);
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
