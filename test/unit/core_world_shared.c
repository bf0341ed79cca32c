/* The world that the tests of one program share, and what makes it fresh for each. */
#include "core_world.h"

struct world world_shared;

int world_set_up(void **unused)
{
    (void)unused;
    world_open(&world_shared);
    return 0;
}

int world_tear_down(void **unused)
{
    (void)unused;
    world_close(&world_shared);
    return 0;
}
