/* call/call_back_ask.h - who asks for a call back, and whether he can have it.
 *
 * Asked for by the link in a text, by a job's link, by the API, or by the operator's own call to
 * the line. A thread has one call back under way, and a few in ten minutes. Who is called must
 * have called or written to that very line: his number is the thread's, and one that may be
 * called (call/call_back.h).
 * Errors: ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts they change. Threads: one at a time.
 * Source: design section 3.3.
 */
#ifndef CALL_CALL_BACK_ASK_H
#define CALL_CALL_BACK_ASK_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err call_back_ask_request(const struct context *c); /* EVENT_CALL_BACK */
/* EVENT_LINK with LINK_RING; the link has been found. */
MUST_USE enum err call_back_ask_link(const struct context *c, const struct link *l);
/* One of a job's people calls its customer, by his own phone and from the job's line: the same
 * rules, but the thread may be new. Answers. */
struct call_back_ask_crew {
    const struct job *job;
    const char *who; /* his phone, or an operator's id */
    struct span line;
};
MUST_USE enum err call_back_ask_crew(const struct context *c,
                                     const struct call_back_ask_crew *crew);
/* The operator has called himself, and that call, `sid`, is to be connected to the thread's
 * customer: the same rules. Answers, and *out_message is the record; ERR_CONFLICT: he cannot, and
 * *out_why says so in words; nothing is answered then. ERR_BUSY as above. */
MUST_USE enum err call_back_ask_own(const struct context *c, int operator_index,
                                    struct thread *thread, struct span sid, int64_t *out_message,
                                    struct span *out_why);

#endif
