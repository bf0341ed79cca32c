#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"

struct json *vectors_read(struct arena *arena, const char *path)
{
    struct json *root = NULL;
    struct json_place place;
    struct buf text = buf_in(arena, 1 << 20);
    FILE *file = fopen(path, "r");
    char piece[4096];

    if (!file)
        fail_msg("cannot read %s", path);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&text, (struct span){piece, n});
    fclose(file);
    assert_int_equal(json_parse(buf_span(&text), &root, &place), ERR_NONE);
    return root;
}
