#include "journal/cursor.h"

#include <string.h>

/* As base/id.h lays an id out. */
static int node_of(int64_t id)
{
    enum { SEQUENCE_BITS = 15 };

    return (int)(id >> SEQUENCE_BITS) & (CURSOR_NODES - 1);
}

void cursor_note(struct cursor *c, int64_t id)
{
    int64_t *at = &c->at[node_of(id)];

    if (id > *at)
        *at = id;
}

int64_t cursor_last(const struct cursor *c)
{
    int64_t last = 0;

    for (int i = 0; i < CURSOR_NODES; i++)
        if (c->at[i] > last)
            last = c->at[i];
    return last;
}

void cursor_render(const struct cursor *c, char out[CURSOR_SIZE])
{
    size_t size = 0;

    for (int i = 0; i < CURSOR_NODES; i++) {
        if (!c->at[i])
            continue;
        if (size)
            out[size++] = '.';
        id_render(c->at[i], out + size);
        size += ID_TEXT_SIZE;
    }
    if (size == 0)
        out[size++] = '0';
    out[size] = 0;
}

bool cursor_parse(struct span text, struct cursor *out)
{
    struct cursor c = {{0}};
    int before = -1;
    int64_t id;

    if (span_is_text(text, "0")) {
        *out = c;
        return true;
    }
    if (text.size >= CURSOR_SIZE)
        return false;
    for (struct span rest = text; rest.data;) {
        const struct span one = span_cut(rest, '.', &rest);
        if (!id_parse(one, &id) || node_of(id) <= before)
            return false;
        before = node_of(id);
        c.at[before] = id;
        if (rest.size == 0 && text.data[text.size - 1] != '.')
            break;
    }
    *out = c;
    return true;
}
