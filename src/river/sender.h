/* river/sender.h - sends outbox rows that have been committed as being sent, and gets pages of
 * the carrier's lists.
 *
 * A sending's outcome goes to the given function as a class of answer; no request is ever
 * repeated here.
 * Owns: the HTTP client; a row handed over with its arena.
 * Threads: loop thread only.
 */
#ifndef RIVER_SENDER_H
#define RIVER_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"
#include "metric/metric_tally.h"
#include "model/event.h"
#include "net/loop.h"
#include "river/claim.h"

struct sender;
struct vault;

/* Texts are borrowed and must live as long as the sender. */
struct sender_options {
    const char *api;             /* base of the carrier's REST API, without a slash at the end */
    const char *public_url;      /* ours, without a slash at the end */
    const uint8_t *callback_key; /* keyed hash of status-callback addresses; 32 bytes */
    const struct vault *vault;   /* whose API key a request goes by; NULL: the next two are it */
    const char *user, *password;
};

struct sender_result {
    int32_t tenant;
    int64_t id;
    int32_t fence;
    int64_t claimed_ms; /* the row's sent_ms: with the fence, which claim it was */
    enum sent sent;
    bool is_denied;  /* SENT_RETRY: because of who we say we are */
    struct span sid; /* valid during the call */
    int32_t error_code;
};
/* Of that row and claim; what came of it is still to be said. */
struct sender_result sender_result_of(const struct errand *errand);
typedef void sender_done_fn(void *ctx, const struct sender_result *result);

/* `options` is copied. */
MUST_USE enum err sender_open(struct loop *loop, const struct sender_options *options,
                              const struct clock *clock, sender_done_fn *done, void *ctx,
                              struct sender **out);
/* Drops what is under way: those rows are found as unsure at the next start. */
void sender_close(struct sender **sender);
/* Takes over the errand. */
void sender_send(struct sender *sender, struct errand *errand);

struct sender_page {
    int status;       /* 200: there it is; 0: no answer could be had */
    struct span body; /* valid during the call, as `mend` */
    const char *mend; /* what to look at when the key is refused, for the log */
};
typedef void sender_page_fn(void *ctx, const struct sender_page *page);
/* By whose credentials it is got. */
struct sender_ask {
    struct span url;
    struct span account; /* empty: the tenant's, whichever it is */
    int32_t tenant;      /* 0: whoever has some for the account */
};
/* `done` is called once, from a later turn, unless the sender is closed before. */
void sender_get(struct sender *sender, const struct sender_ask *ask, sender_page_fn *done,
                void *ctx);
/* True once after the carrier has answered again that could not be reached before. */
bool sender_has_returned(struct sender *sender);

/* How it went lately, for people; instants are UTC milliseconds, 0: never. */
enum { SENDER_DENIED = 16 }; /* tenants whose own key is remembered as refused */
struct sender_sight {
    int64_t answered_ms;  /* the carrier answered, whatever it said */
    int64_t away_ms;      /* it could not be reached; since then it was not, while it is above
                             answered_ms */
    int64_t refused_ms;   /* it refused what was sent */
    int32_t refused_code; /* ... with this error code; 0: none */
    int refused_status;   /* ... and this status */
    int64_t denied_ms;    /* it did not know the host's credentials */
    int32_t denied[SENDER_DENIED]; /* tenants whose own it did not know the last time; 0: none */
    int64_t clock_off_ms;          /* its clock minus ours, to the second */
    bool has_clock;                /* ... is known */
};
struct sender_sight sender_sight(const struct sender *sender);
/* 1: it did not know that tenant's own key. Tenant 0: of how many tenants that is so. */
size_t sender_denied(const struct sender_sight *sight, int32_t tenant);

/* Of what was sent. */
const struct metric_sends *sender_tally(const struct sender *sender);

unsigned sender_busy(const struct sender *sender);
/* Of what is under way that which may change something at the carrier. */
unsigned sender_sends(const struct sender *sender);

#endif
