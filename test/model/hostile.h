/* test/model/hostile.h - words that people from outside might bring to break a document: markup,
 * entities, control characters, broken UTF-8, marks that turn the writing round, great length.
 *
 * Results live in the arena. No NUL is among them: nothing that is kept has one.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/dice.h"

/* At most `most` bytes, now and then none at all. */
struct span hostile_words(struct arena *arena, struct dice *dice, size_t most);
/* The same as it stands in the path of an address. */
struct span hostile_segment(struct arena *arena, struct dice *dice, size_t most);
/* Whether a document shows anything of it: more than blanks, and what XML has no place for. */
bool hostile_is_seen(struct span words);

#endif
