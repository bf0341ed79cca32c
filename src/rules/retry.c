#include "rules/retry.h"

#include <stddef.h>

enum { FIRST_MS = 1000, LAST_MS = 60000, LATER_MS = 60000 };

int64_t retry_wait_ms(int attempt, struct dice *dice)
{
    int64_t ms = FIRST_MS;

    for (int i = 1; i < attempt && ms < LAST_MS; i++)
        ms *= 2;
    if (ms > LAST_MS)
        ms = LAST_MS;
    return ms / 2 + dice_throw(dice, (uint32_t)(ms / 2) + 1);
}

int64_t retry_denied_ms(enum outbox_class class, struct dice *dice)
{
    static const uint32_t most_ms[OUTBOX_CLASSES] = {
        [OUTBOX_URGENT] = 2000, [OUTBOX_NORMAL] = 10000, [OUTBOX_BULK] = 60000};
    const uint32_t ms = most_ms[class];

    return (int64_t)(ms / 2) + dice_throw(dice, ms / 2 + 1);
}

/* Those that are not here are final: who is told and what escalates does not wait. */
/* clang-format off */
static const struct {
    int32_t code;
    enum retry retry;
    bool may_double;
} codes[] = {
    {20429, RETRY_LATER, false}, /* too many requests at once */
    {21611, RETRY_LATER, false}, /* the sender's queue is full */
    {21620, RETRY_PLAIN, false}, /* a photo's address is refused */
    {21623, RETRY_PLAIN, false}, /* too many photos */
    {30001, RETRY_LATER, false}, /* expired in the queue */
    {30008, RETRY_ONCE,  true},  /* unknown */
    {30011, RETRY_PLAIN, false}, /* no photos for this number */
    {30017, RETRY_LATER, false}, /* congestion */
    {30019, RETRY_PLAIN, false}, /* too big */
    {30022, RETRY_LATER, false}, /* too fast */
    {30410, RETRY_LATER, true},  /* a provider timed out */
};
/* clang-format on */

enum retry retry_of(int32_t error_code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == error_code)
            return codes[i].retry;
    return RETRY_NEVER;
}

bool retry_may_double(int32_t error_code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == error_code)
            return codes[i].may_double;
    return false;
}

/* 30006 also stands for a carrier that cannot be reached; a text that arrives, or one from there,
 * tells it apart. */
bool retry_is_landline(int32_t error_code)
{
    return error_code == 21614 || error_code == 30006;
}

bool retry_is_due(enum retry retry, int tries, int64_t *out_wait_ms)
{
    int64_t wait_ms = 0;
    bool due = false;

    switch (retry) {
    case RETRY_LATER:
        due = tries < RETRY_TRIES;
        for (wait_ms = LATER_MS; tries > 0; tries--)
            wait_ms *= 2;
        break;
    case RETRY_ONCE:
        due = tries < 1;
        break;
    case RETRY_PLAIN:
        due = tries < RETRY_TRIES;
        break;
    case RETRY_NEVER:
    case RETRIES:
        break;
    }
    if (due)
        *out_wait_ms = wait_ms;
    return due;
}

const char *retry_name(enum retry retry)
{
    static const char *const names[RETRIES] = {"never", "later", "once", "without photos"};

    return names[retry];
}
