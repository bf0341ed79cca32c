/* call/cascade_answer.h - the document that stored state gives to the caller's side.
 *
 * Pure but for context->answer, which it fills. Threads: one at a time.
 */
#ifndef CALL_CASCADE_ANSWER_H
#define CALL_CASCADE_ANSWER_H

#include "rules/context.h"

void cascade_answer(const struct context *c, const struct cascade *k);

#endif
