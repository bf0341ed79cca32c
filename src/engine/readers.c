#include "engine/readers.h"

enum {
    LOOKS_MAX = 1024,
    LOOK_MS = 3000,
    BROWSES_MAX = 64,
    BROWSE_MS = 10000,
};

enum err readers_open(struct readers *r, struct loop *loop, const struct clock *clock,
                      const struct store *store, char why[STORE_WHY_SIZE])
{
    struct reader_options o = {
        .loop = loop,
        .clock = clock,
        .store = store,
        .max = LOOKS_MAX,
        .limit_ms = LOOK_MS,
    };

    enum err err = reader_open(&o, &r->looks, why);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_NONE : err;
    o.max = BROWSES_MAX;
    o.limit_ms = BROWSE_MS;
    return reader_open(&o, &r->browses, why);
}

void readers_close(struct readers *r)
{
    reader_close(&r->browses);
    reader_close(&r->looks);
}

bool readers_are_idle(const struct readers *r)
{
    return !r->looks || (reader_is_idle(r->looks) && reader_is_idle(r->browses));
}

void readers_mark(struct readers *r)
{
    if (!r->looks)
        return;
    r->looks_mark = reader_mark(r->looks);
    r->browses_mark = reader_mark(r->browses);
}

bool readers_are_past(const struct readers *r)
{
    return !r->looks ||
           (reader_is_past(r->looks, r->looks_mark) && reader_is_past(r->browses, r->browses_mark));
}
