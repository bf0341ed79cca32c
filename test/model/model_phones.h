/* test/model/model_phones.h - what people see on their phones, and what they mean by what they
 * write: the judge of every reply and acknowledgement.
 *
 * Nothing here asks the code under test what it thinks: a text's mark, customer and choices are
 * read from its words, as a person does.
 */
#ifndef MODEL_PHONES_H
#define MODEL_PHONES_H

#include "model_world.h"

/* A text of ours was decided: how it will look. */
struct letter *phones_letter(struct world *w, const struct message *m, struct span words);
/* The letter of a message; NULL. */
struct letter *phones_of(const struct world *w, int64_t message);

/* The latest question that he has seen by then; NULL. */
const struct letter *phones_question(const struct world *w, int person, int64_t by_ms);

/* Whether words of the text may go to that customer. CROSSED: they crossed with a text of ours
 * that was on its way to him, so that nobody can say what he meant. */
enum meant { MEANT_WRONG, MEANT_CROSSED, MEANT_RIGHT };
enum meant phones_meant(const struct world *w, const struct text *t, int customer);

#endif
