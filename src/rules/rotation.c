#include "rules/rotation.h"

#include "base/check.h"
#include "model/wall.h"

static int64_t begins(const struct rotation *r, int64_t turn)
{
    return wall_instant(r->zone, r->start_ms + turn * r->every_ms, WALL_FIRST);
}

/* Turns count from 0 at the start, and below it before. */
static int64_t turn_at(const struct rotation *r, int64_t at_ms)
{
    CHECK(r->operator_count > 0 && r->every_ms > 0 && r->zone);
    int64_t turn = (wall_time(r->zone, at_ms) - r->start_ms) / r->every_ms;

    while (begins(r, turn) > at_ms) /* the clocks were changed in between, or it rounded up */
        turn--;
    while (begins(r, turn + 1) <= at_ms)
        turn++;
    return turn;
}

int rotation_holder(const struct rotation *r, int64_t at_ms)
{
    const int64_t count = r->operator_count;

    return r->operators[(turn_at(r, at_ms) % count + count) % count];
}

int64_t rotation_hand_over(const struct rotation *r, int64_t at_ms)
{
    return begins(r, turn_at(r, at_ms) + 1);
}
