/* desk/question.h - what an operator was asked, and the text that waits for his answer.
 *
 * At most one question each; a new one takes the place of the old, whose text is then known to
 * be unsent. Without an answer the time ends it, and he is told. Its row stays until the next
 * question, so that a digit which comes too late is known for what it is and goes to nobody.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef DESK_QUESTION_H
#define DESK_QUESTION_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* Asks: puts the row and sets its clock. `due_ms` and `tenant` of *ask are filled here. */
void question_put(const struct context *c, const struct question *ask);
/* True when a text at that line may be its answer. A fresh mark is one by any line. */
bool question_is_open(const struct question *q, struct span line);
/* The instant at which it was asked. */
int64_t question_asked_ms(const struct question *q);
/* True when an answer at that line comes too late: its time was over a short while ago, or the
 * answer was written before it was asked. */
bool question_is_past(const struct context *c, const struct question *q, struct span line);

/* The number of the choice, from a digit or from a mark of his alone; 0 when it is none. */
int question_choice(const struct question *q, const struct desk *desk, struct span text);
/* He sends the fresh mark back, alone or with a word that says the same. */
bool question_is_confirmed(const struct question *q, const struct desk *desk, struct span text);

/* It is answered. */
void question_drop(const struct context *c, struct question *q);

MUST_USE enum err question_timer(const struct context *c); /* EVENT_TIMER of TIMER_QUESTION */

#endif
