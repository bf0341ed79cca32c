/* call/call_back.h - an operator calls a customer back as the business.
 *
 * Asked for by the link in a text or by the API, his own phone rings first, from the line; key 1
 * connects him to the customer, who sees the line's number. A mailbox presses nothing, so it is
 * never connected. Only when the two have talked is the thread's relay acknowledged by him, and
 * the thread his. After some seconds, which may have been the customer's mailbox, he is asked. A
 * customer who is busy or does not answer changes nothing but the record.
 * A thread has one call back under way, and a few in ten minutes. Who is called must have called
 * or written to that very line: his number is the thread's, complete, no line of ours, and none
 * that costs extra.
 * All return ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts they change. Threads: one at a time.
 * Source: design section 3.3; docs/adr/0016-when-a-call-back-was-a-talk.md.
 */
#ifndef CALL_CALL_BACK_H
#define CALL_CALL_BACK_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err call_back_request(const struct context *c); /* EVENT_CALL_BACK */
/* EVENT_LINK with LINK_RING; the link has been found. */
MUST_USE enum err call_back_link(const struct context *c, const struct link *l);
/* One of a job's people calls its customer, by his own phone and from the job's line: the same
 * rules, but the thread may be new. Answers. */
struct call_back_crew {
    const struct job *job;
    const char *who; /* his phone, or an operator's id */
    struct span line;
};
MUST_USE enum err call_back_crew(const struct context *c, const struct call_back_crew *crew);
/* The operator has called himself, and that call, `sid`, is to be connected to the thread's
 * customer: the same rules. Answers, and *out_message is the record; ERR_CONFLICT: he cannot, and
 * *out_why says so in words; nothing is answered then. ERR_BUSY as above. */
MUST_USE enum err call_back_own(const struct context *c, int operator_index, struct thread *thread,
                                struct span sid, int64_t *out_message, struct span *out_why);
/* The same answer once more; false when that call back is over. */
bool call_back_connect_again(const struct context *c, const struct message *m);
/* His call has ended. */
void call_back_hung_up(const struct context *c, struct message *m);

/* Of a message of that kind. */
MUST_USE enum err call_back_heard(const struct context *c);  /* EVENT_HEARD */
MUST_USE enum err call_back_called(const struct context *c); /* EVENT_CALLED */
MUST_USE enum err call_back_status(const struct context *c); /* EVENT_CALL_STATUS */

#endif
