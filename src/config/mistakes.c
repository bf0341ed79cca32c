#include "config/mistakes.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"

/* A quoted value is cut long before this; it only keeps a line a line. */
enum { WORDS_SIZE = 512, LINE_MAX_BYTES = 2048, WHERE_MAX_BYTES = 256 };

void mistakes_init(struct mistakes *m, struct arena *arena)
{
    m->arena = arena;
    m->count = 0;
    m->more = 0;
}

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_text(arena, span_of(text)) : NULL;
}

/* A name may be as long as the document, and the answer that holds it may not. */
static const char *cut(struct arena *arena, const char *text)
{
    const struct span whole = span_of(text ? text : "");

    if (whole.size <= WHERE_MAX_BYTES)
        return copy(arena, text);
    const size_t size = utf8_valid_bytes((struct span){whole.data, WHERE_MAX_BYTES});
    return arena_printf(arena, "%.*s...", (int)size, whole.data);
}

void mistakes_add(struct mistakes *m, const char *file, int line, int column, const char *where,
                  const char *format, ...)
{
    char words[WORDS_SIZE];
    va_list args;

    if (m->count == LIMIT_MISTAKES) {
        m->more++;
        return;
    }
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    m->list[m->count++] = (struct mistake){.file = copy(m->arena, file),
                                           .line = line,
                                           .column = column,
                                           .where = cut(m->arena, where),
                                           .words = copy(m->arena, words)};
}

struct span mistakes_line(struct arena *arena, const struct mistake *mistake)
{
    struct buf b = buf_in(arena, LINE_MAX_BYTES);

    if (mistake->file)
        buf_add_text(&b, mistake->file);
    if (mistake->file && mistake->line > 0)
        buf_printf(&b, ":%d", mistake->line);
    if (mistake->file && mistake->column > 0)
        buf_printf(&b, ":%d", mistake->column);
    if (mistake->file)
        buf_add_text(&b, ": ");
    if (mistake->where && mistake->where[0])
        buf_printf(&b, "%s: ", mistake->where);
    buf_add_text(&b, mistake->words);
    for (size_t i = 0; i < b.size; i++)
        if ((unsigned char)b.data[i] < 32 || b.data[i] == 127)
            b.data[i] = '?';
    return buf_span(&b);
}
