/* source/fetching.h - gets what stands at addresses, in the background, and again and again.
 *
 * Nothing waits for it: the carrier's requests go on beside it, by connections of their own.
 * Owns: its HTTP client and the polls.
 * Threads: loop thread only.
 * Units: the times between polls are of real time.
 */
#ifndef SOURCE_FETCHING_H
#define SOURCE_FETCHING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/loop.h"
#include "source/address.h"

struct fetching;

/* Called from a later turn; the answer is valid during the call. */
typedef void fetching_done_fn(void *ctx, const struct address_answer *answer);

MUST_USE enum err fetching_open(struct loop *loop, const struct address_keys *keys,
                                bool private_too, struct fetching **out);
/* Drops what is under way without calling back. */
void fetching_close(struct fetching **fetching);

/* Asks once. The texts of `ask` may go when it returns; its `keys` and `private_too` are
 * filled in. */
void fetching_ask(struct fetching *fetching, const struct address_ask *ask, fetching_done_fn *done,
                  void *ctx);

/* Gets `address` every `every_s` seconds, give or take a tenth, with the entity tag of the last
 * time. An address that is polled for this `ctx` already goes on. The first time is in `every_s`
 * when there is an `etag` of a reading before, else now. */
void fetching_poll(struct fetching *fetching, const char *address, struct span etag, int every_s,
                   fetching_done_fn *done, void *ctx);
/* Gets a polled address as soon as it can. */
void fetching_hurry(struct fetching *fetching, const char *address, const void *ctx);
/* Gets it the next time whether or not it has changed: what was got could not be kept. */
void fetching_anew(struct fetching *fetching, const char *address, const void *ctx);
void fetching_forget(struct fetching *fetching, const char *address, const void *ctx);
/* Starts what is due. */
void fetching_turn(struct fetching *fetching);

#endif
