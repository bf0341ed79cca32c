#include "cliops/event_stream.h"

#include <string.h>

void event_stream_begin(struct event_stream *s)
{
    arena_reset(s->arena);
    s->line = buf_in(s->arena, EVENT_STREAM_BYTES);
    s->data = buf_in(s->arena, EVENT_STREAM_BYTES);
    s->name[0] = 0;
    s->is_cut = false;
}

static void keep(char *to, size_t room, struct span text)
{
    if (text.size >= room)
        return;
    memcpy(to, text.data, text.size);
    to[text.size] = 0;
}

static void take_field(struct event_stream *s, struct span line)
{
    struct span value;
    const struct span name = span_cut(line, ':', &value);

    if (value.size && value.data[0] == ' ')
        value = span_skip(value, 1);
    if (span_is_text(name, "event")) {
        keep(s->name, sizeof s->name, value);
    } else if (span_is_text(name, "id")) {
        keep(s->id, sizeof s->id, value);
    } else if (span_is_text(name, "data")) {
        if (s->data.size)
            buf_add_char(&s->data, '\n');
        buf_add(&s->data, value);
    }
}

/* A blank line ends an event; one without data, as a comment's, is none. */
static bool take_line(struct event_stream *s)
{
    const struct span line = buf_span(&s->line);
    bool goes_on = true;

    if (line.size > 0) {
        take_field(s, line);
        s->is_cut = s->is_cut || s->line.full || s->data.full;
        s->line.size = 0;
        s->line.full = false;
        return true;
    }
    if (s->data.size && !s->is_cut)
        goes_on = s->fn(s->ctx, s->name, buf_span(&s->data));
    event_stream_begin(s);
    return goes_on;
}

bool event_stream_feed(struct event_stream *s, struct span piece)
{
    while (piece.size) {
        const char *end = memchr(piece.data, '\n', piece.size);
        const size_t size = end ? (size_t)(end - piece.data) : piece.size;
        buf_add(&s->line, (struct span){piece.data, size});
        piece = span_skip(piece, size + (end != NULL));
        if (end && !take_line(s))
            return false;
    }
    return true;
}
