#include "backup/bucket.h"

#include <poll.h>
#include <stdio.h>

#include "net/http_client.h"

enum {
    TRIES = 5,
    WAIT_MS = 250, /* before the second try, twice as long before each further one */
    TOTAL_MS = 15 * 60 * 1000,
    IDLE_MS = 60000,
};

static enum err ask_once(struct arena *arena, const struct address_ask *ask, size_t bytes_max,
                         struct bucket_answer *out, char *why)
{
    struct http_call call;
    struct http_result result = {.outcome = HTTP_NOT_SENT};
    const char *cause = NULL;

    if (!address_call(arena, ask, &call, &cause)) {
        snprintf(why, BUCKET_WHY_SIZE, "%s %s", ask->address, cause);
        return ERR_BAD_INPUT;
    }
    call.total_ms = TOTAL_MS;
    call.idle_ms = ask->is_put || ask->is_post ? 0 : IDLE_MS;
    call.max_bytes = bytes_max;
    call.body_stays = true;
    http_client_once(arena, &call, &result);
    const struct address_answer answer = address_judge(arena, ask, &result);
    out->text = answer.text;
    out->etag = answer.etag;
    out->status = result.status;
    switch (answer.fate) {
    case ADDRESS_GOT:
    case ADDRESS_PUT:
        return ERR_NONE;
    case ADDRESS_ABSENT:
        snprintf(why, BUCKET_WHY_SIZE, "%s %s", ask->address, answer.why);
        return ERR_NOT_FOUND;
    case ADDRESS_OTHER: /* 409: it is being put, maybe by a try before, and may not be there yet */
        snprintf(why, BUCKET_WHY_SIZE, "%s is %s", ask->address,
                 result.status == 409 ? "being put by others: try again" : "there already");
        return result.status == 409 ? ERR_BUSY : ERR_CONFLICT;
    case ADDRESS_SAME:
    case ADDRESS_MOVED:
    case ADDRESS_FAILED:
    case ADDRESS_FATES:
        break;
    }
    snprintf(why, BUCKET_WHY_SIZE, "%s %s", ask->address,
             answer.why ? answer.why : "is elsewhere: check AWS_REGION");
    out->is_unsure = out->is_unsure || result.outcome != HTTP_NOT_SENT;
    return answer.answered ? ERR_DENIED : ERR_BUSY;
}

enum err bucket_ask(struct arena *arena, const struct address_ask *ask, size_t bytes_max,
                    struct bucket_answer *out, char why[BUCKET_WHY_SIZE])
{
    int wait_ms = WAIT_MS;

    *out = (struct bucket_answer){.is_unsure = false};
    enum err e = ask_once(arena, ask, bytes_max, out, why);
    for (int tries = 1; e == ERR_BUSY && tries < TRIES; tries++, wait_ms *= 2) {
        (void)poll(NULL, 0, wait_ms);
        e = ask_once(arena, ask, bytes_max, out, why);
    }
    return e;
}
