/* test/unit/call_back_story.h - what the stories of call backs share: who asks, which keys he
 * presses, and how each of the two calls goes.
 *
 * All of it is about world_shared; who asks by the API asks about Anna.
 */
#ifndef CALL_BACK_STORY_H
#define CALL_BACK_STORY_H

#include "core_world.h"

/* By the API. */
void story_ask(const char *operator_id);
/* A text that nobody took; the backup calls back. */
struct message *story_asked(void);

/* He presses `digits`; `attempt` as the answer had it that asked for them, -1: the first. */
void story_heard(const struct message *m, const char *digits, int attempt);
/* The call to the customer is over. */
void story_called(const struct message *m, const char *dial_status, int seconds);
/* The call to the operator, `sid`, has come so far. */
void story_status(const struct message *m, const char *sid, const char *call_status);

/* The last answer is of that kind and has these words in it. */
void story_answers(enum answer_kind kind, const char *words);
/* ... and it is a refusal that changed nothing. */
void story_refuses(enum err err, const char *words);

/* A world in which no number that costs extra may be dialled. */
int story_set_up(void **state);

#endif
