#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { FIRST_ROOM = 256 };

struct buf buf_in(struct arena *arena, size_t max)
{
    return (struct buf){.arena = arena, .max = max};
}

/* Makes room for `more` bytes and a NUL; false and `full` when the cap forbids it. */
static bool reserve(struct buf *b, size_t more)
{
    if (more > b->max - b->size) {
        b->full = true;
        return false;
    }
    const size_t need = b->size + more + 1;
    if (need <= b->room)
        return true;
    size_t room = b->room ? b->room : FIRST_ROOM;
    while (room < need)
        room *= 2;
    char *grown = arena_alloc(b->arena, room);
    if (b->size)
        memcpy(grown, b->data, b->size);
    b->data = grown;
    b->room = room;
    return true;
}

void buf_add(struct buf *b, struct span text)
{
    if (text.size == 0 || !reserve(b, text.size))
        return;
    memcpy(b->data + b->size, text.data, text.size);
    b->size += text.size;
    b->data[b->size] = 0;
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, span_of(text));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, (struct span){&c, 1});
}

void buf_add_number(struct buf *b, int64_t n)
{
    buf_printf(b, "%lld", (long long)n);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(size >= 0);
    if (reserve(b, (size_t)size)) {
        vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
}

struct span buf_span(const struct buf *b)
{
    return (struct span){b->data ? b->data : "", b->size};
}
