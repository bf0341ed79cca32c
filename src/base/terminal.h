/* base/terminal.h - text of strangers on a terminal, which obeys control characters.
 *
 * Threads: any. Source: ECMA-48 (C0 and C1 controls); no-color.org.
 */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/span.h"

/* Whether colours are welcome there: a terminal that knows some, and NO_COLOR is not set. */
bool terminal_has_colour(FILE *to);

/* Writes the text on one line: '\n' as a blank, every other control as '?', what is no UTF-8 as
 * U+FFFD. */
void terminal_put(FILE *to, struct span text);

#endif
