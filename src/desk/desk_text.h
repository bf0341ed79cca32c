/* desk/desk_text.h - what an operator's text does: a reply, an acknowledgement or a command, for
 * the right thread or for none.
 *
 * A mark decides. Without one a reply goes out only when a single thread was sent to him by
 * that line in the last twelve hours; otherwise it is held, and he is asked.
 * Functions that return ERR_BUSY have changed nothing: facts must be loaded first.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef DESK_DESK_TEXT_H
#define DESK_DESK_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "rules/context.h"

struct desk_text {
    int operator_index;
    int64_t message; /* id of its row */
    struct span body, media;
    struct span line; /* at which he wrote */
    bool is_trusted;  /* by a link of his own: the row is there already, and no lock holds */
    const struct question *answers; /* what waited for this text, and goes out in its place */
};

MUST_USE enum err desk_text_take(const struct context *c, const struct desk_text *x);

#endif
