/* sql/number_words.h - a phone number as people write it, found in what they wrote.
 *
 * Found in any form in which its digits stand in a row with blanks, dots, dashes, slashes or
 * parentheses between them, with its country's code (after "+", "00" or "011", or bare) or without
 * it, and then with the 0 or 1 that people dial before it at home. Not found: in the middle of a
 * longer row of digits, which is another number; after the "+" of another country; and without its
 * area code, as too many have the rest of it.
 * Threads: any.
 * Source: ITU-T E.164, E.123.
 */
#ifndef SQL_NUMBER_WORDS_H
#define SQL_NUMBER_WORDS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"

struct number_words {
    char country[4];                  /* digits of its code */
    char national[LIMIT_NUMBER_SIZE]; /* the digits after that */
};

/* `number` in E.164. */
struct number_words number_words_of(const char *number);
/* A pattern of LIKE that every text has in which the number stands, and others have, too. */
const char *number_words_pattern(struct arena *arena, const struct number_words *number);
bool number_words_in(const struct number_words *number, struct span text);

#endif
