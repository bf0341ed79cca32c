/* alarm/alarm_send.h - brings an alarm's words out of the house: to a webhook, to a command.
 *
 * A POST of JSON; where there is a secret, a header "X-Nextring-Signature: t=SECONDS,v1=HEX" has
 * the HMAC-SHA256 of "SECONDS.BODY" by it: the host's own, or the tenant's. Private addresses are
 * refused when a tenant has written them. Whoever is told why it failed is told no address: its
 * path may be a secret.
 * Owns: its HTTP client, the thread that waits for commands.
 * Threads: loop thread only.
 */
#ifndef ALARM_ALARM_SEND_H
#define ALARM_ALARM_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm/alarm_way.h"
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"
#include "service/helper.h"

struct alarm_send;

struct alarm_send_options {
    struct loop *loop;
    struct helper *helper;
    bool is_rehearsal;
};

/* `why`: NULL when it has arrived; else a sentence, valid during the call. */
typedef void alarm_send_fn(void *ctx, int64_t alarm, enum alarm_way way, const char *why);

MUST_USE enum err alarm_send_open(const struct alarm_send_options *options, alarm_send_fn *done,
                                  void *ctx, struct alarm_send **out);
/* Drops what is under way without calling back. */
void alarm_send_close(struct alarm_send **send);

struct alarm_send_what {
    int64_t alarm;
    enum alarm_way way;  /* command or one of the webhooks */
    const char *address; /* of a webhook */
    struct span secret;  /* to sign a webhook by; empty: it is not signed */
    struct span body;
    int64_t now_ms;
};
void alarm_send(struct alarm_send *send, const struct alarm_send_what *what);

#endif
