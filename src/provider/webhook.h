/* provider/webhook.h - the carrier's webhooks as events: which fields each kind carries.
 *
 * The tenant, the job and the roster are the caller's to fill; all that the carrier says is
 * filled here. `sip:` addresses whose user part is a number count as that number.
 * Owns: nothing; spans point into the form or live in the arena.
 * Errors: ERR_BAD_INPUT, with one line of words: a field that must be there is missing, given
 * twice, or not what it says it is. ERR_FULL: the text is longer than LIMIT_BODY_BYTES.
 * Threads: any. Pure.
 * Source: sections 2.1 to 2.8 of the carrier's reference.
 */
#ifndef PROVIDER_WEBHOOK_H
#define PROVIDER_WEBHOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/form.h"
#include "model/event.h"

/* What a request is made of; `query` is that of the address we were called at. */
struct webhook {
    const struct form *query, *form;
};

/* Reads a request as an event of `kind`: EVENT_CALL, EVENT_SCREEN, EVENT_PRESS, EVENT_RECORDED,
 * EVENT_CALL_STATUS, EVENT_TEXT, EVENT_RECEIPT, EVENT_HEARD or EVENT_CALLED; another kind is a
 * bug, and aborts. `attempt` is -1 when the address names none; `message` is not read (it is
 * callback.h's to check). A text's `media` has a line for each photo, "-" for one whose
 * address is not that of a photo of this account. `out_why` (static) is written on failure. */
MUST_USE enum err webhook_parse(struct arena *arena, enum event_kind kind,
                                const struct webhook *request, struct event *out,
                                const char **out_why);

/* The account that signed; an empty span when it is missing, given twice or malformed. */
struct span webhook_account(const struct form *form);

/* The number of a `sip:` or `sips:` address whose user part is one, with its '+', in the
 * arena; `party` itself otherwise. */
struct span webhook_number(struct arena *arena, struct span party);

/* What a text's status says; one that is not known counts as "the carrier has it". */
enum delivery webhook_delivery(struct span status);

#endif
