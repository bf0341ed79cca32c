/* provider/rest.h - an outbox row as a request to the carrier's REST API, and what its answer
 * means.
 *
 * Threads: any. Pure: the request is a value, and so is what came back.
 * Source: sections 5.1, 5.3 to 5.5 and 7 of the carrier's reference; design section 7, G4.
 */
#ifndef PROVIDER_REST_H
#define PROVIDER_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/event.h"
#include "model/rows.h"
#include "provider/callback.h"

struct rest_place {
    struct span api; /* base of the REST API, without a slash at the end */
    struct callback callback;
};

/* A POST of a form; both texts in the arena, the URL ends in a NUL. */
struct rest_request {
    struct span url, body;
    bool is_delete; /* a DELETE without a body */
};

/* A text's ValidityPeriod is what is left of its time at `now_ms`, 1 to 36000 s; one that
 * never expires has none. A leg rings for what is left of its time. */
struct rest_request rest_render(struct arena *arena, const struct rest_place *place,
                                const struct outbox *row, int64_t now_ms);

enum rest_outcome { REST_ANSWERED, REST_NOT_SENT, REST_LOST, REST_OUTCOMES };

struct rest_answer {
    enum sent sent;
    int32_t error_code;       /* the carrier's, 0 when it gave none */
    bool credentials;         /* refused because of who we say we are */
    char sid[LIMIT_SID_SIZE]; /* SENT_ACCEPTED only */
};

/* `status` and `body` count for REST_ANSWERED alone. */
struct rest_answer rest_parse(enum rest_outcome outcome, int status, struct span body);

#endif
