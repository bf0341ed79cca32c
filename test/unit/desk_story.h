/* test/unit/desk_story.h - what the stories of operators' texts share: who writes what where, and a
 * look at all that left.
 *
 * All of it is about world_shared. Whoever is named in a reply ("Anna, ...") is its customer: by
 * that story_tear_down knows a reply that went to somebody else.
 */
#ifndef DESK_STORY_H
#define DESK_STORY_H

#include "core_world.h"

#define PHOTO "https://carrier.example.test/ME1"

/* A text by a line, with photos or NULL. */
void story_say(const char *from, const char *line, const char *body, const char *media);
/* He writes with his mark of that customer. */
void story_mark(const char *phone, const char *customer, const char *words);
/* Anna and Boris wait for the primary. */
void story_two(void);
/* A text without a mark is asked about: the fresh mark of it comes back. */
void story_confirm(const char *phone);

/* The first text about a customer that went to somebody. */
const struct message *story_about(const char *phone, const char *customer);
struct relay *story_relay(const char *customer);
/* Operators' words to a customer, all of them, and whether the last is exactly this. */
size_t story_replies(const char *customer);
bool story_replied(const char *customer, const char *words);
/* The inbound row of the text that was told last. */
struct message *story_row(void);
/* What he said of himself last; all zero when nothing. */
struct duty story_duty(const char *operator_id);
bool story_has_question(const char *operator_id);

/* Nothing went to a wrong number, in the whole story. */
void story_check(void);
int story_tear_down(void **unused);

#define STORY(f) cmocka_unit_test_setup_teardown(f, world_set_up, story_tear_down)

#endif
