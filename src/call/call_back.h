/* call/call_back.h - an operator calls a customer back as the business: the calls to both.
 *
 * Asked for (call/call_back_ask.h), his own phone rings first, from the line; key 1 connects him
 * to the customer, who sees the line's number. A mailbox presses nothing, so it is never
 * connected. Only when the two have talked is the thread's relay acknowledged by him, and the
 * thread his. After some seconds, which may have been the customer's mailbox, he is asked. A
 * customer who is busy or does not answer changes nothing but the record.
 * A call back is a message of that kind: its delivery tells how far it has come.
 * Errors: ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts they change. Threads: one at a time.
 * Source: design section 3.3; docs/adr/0016-when-a-call-back-was-a-talk.md.
 */
#ifndef CALL_CALL_BACK_H
#define CALL_CALL_BACK_H

#include "base/err.h"
#include "rules/context.h"

/* Of a message of that kind. */
MUST_USE enum err call_back_heard(const struct context *c);  /* EVENT_HEARD */
MUST_USE enum err call_back_called(const struct context *c); /* EVENT_CALLED */
MUST_USE enum err call_back_status(const struct context *c); /* EVENT_CALL_STATUS */

/* Of a call of the operator's own that is connected to a customer: the same answer once more,
 * false when that call back is over; and his call has ended. */
bool call_back_connect_again(const struct context *c, const struct message *m);
void call_back_hung_up(const struct context *c, struct message *m);

/* What the request needs too: nothing more is to come of it; the number is complete, no line of
 * ours, not the operator's own, and none that costs extra; a row in the record of calls, whose
 * `detail` is copied; and the answer that puts the customer through. */
bool call_back_is_over(const struct message *m);
bool call_back_may_call(const struct context *c, const char *customer, const char *operator_phone);
void call_back_note(const struct context *c, const struct message *m, const char *detail);
void call_back_connect(const struct context *c, const struct message *m);
/* Why a customer is not called; spoken, and for pages. */
extern const char call_back_restrained[];

#endif
