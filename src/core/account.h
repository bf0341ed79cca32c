/* core/account.h - what happens to those who sign in to the pages: it is logged, and a code to sign
 * in with goes to the operator's own phone.
 *
 * The code leaves at once or not at all: it is urgent, it expires after USER_NOTE_CODE_MS, and it
 * is never sent twice. Only the row of the outbox has it, until it has been sent: message, log and
 * lists say that there was one.
 * Pure but for the facts it adds to. Threads: one at a time.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err account_note(const struct context *c); /* EVENT_USER */

#endif
