/* cliops/event_words.h - what the log's kinds of events say to people, as on the board.
 *
 * Threads: any.
 * Source: ui/board/log/words.ts says the same; a test holds the two together.
 */
#ifndef CLIOPS_EVENT_WORDS_H
#define CLIOPS_EVENT_WORDS_H

#include "base/buf.h"

/* Writes them; `name` is who did it, or empty. A kind without words is written as it is. */
void event_words(struct buf *out, struct span kind, struct span name);

#endif
