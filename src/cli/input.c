#include "cli/input.h"

#include "base/buf.h"

bool input_read(struct arena *arena, FILE *file, size_t max, struct span *out)
{
    struct buf text = buf_in(arena, max);
    char chunk[16384];
    size_t n;

    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(&text, (struct span){chunk, n});
    *out = buf_span(&text);
    return !text.full && !ferror(file);
}

bool input_read_path(struct arena *arena, const char *path, size_t max, struct span *out)
{
    FILE *f = fopen(path, "rb");

    if (!f)
        return false;
    const bool good = input_read(arena, f, max, out);
    fclose(f);
    return good;
}
