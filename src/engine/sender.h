/* engine/sender.h - sends outbox rows that have been committed as being sent.
 *
 * The request's outcome goes to the given function as a class of answer; it never repeats a
 * request by itself.
 * Owns: the HTTP client; a row handed over with its arena.
 * Threads: loop thread only.
 */
#ifndef ENGINE_SENDER_H
#define ENGINE_SENDER_H

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"
#include "engine/apply.h"
#include "engine/engine_options.h"
#include "model/event.h"
#include "net/loop.h"

struct sender;

struct sender_result {
    int32_t tenant;
    int64_t id;
    int32_t fence;
    enum sent sent;
    struct span sid; /* valid during the call */
    int32_t error_code;
};
typedef void sender_done_fn(void *ctx, const struct sender_result *result);

MUST_USE enum err sender_open(struct loop *loop, const struct engine_options *options,
                              const struct clock *clock, sender_done_fn *done, void *ctx,
                              struct sender **out);
/* Drops what is under way: those rows are found as unsure at the next start. */
void sender_close(struct sender **sender);
void sender_send(struct sender *sender, struct apply_send *send);
unsigned sender_busy(const struct sender *sender);

#endif
