#include "core/retry.h"

enum { FIRST_MS = 1000, LAST_MS = 60000 };

int64_t retry_wait_ms(int attempt, struct dice *dice)
{
    int64_t ms = FIRST_MS;

    for (int i = 1; i < attempt && ms < LAST_MS; i++)
        ms *= 2;
    if (ms > LAST_MS)
        ms = LAST_MS;
    return ms / 2 + dice_throw(dice, (uint32_t)(ms / 2) + 1);
}
