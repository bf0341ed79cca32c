/* api/row_out.h - a row of a view as JSON, by the names of its columns: the one shape that a row
 * has in lists, on the board and in the stream.
 *
 * Beside its columns a row with a plan has `plan` and `left_out`: who in which order, and who was
 * left out, each with why; a relay also has `holders` and `next_holders`, whose turn it is and
 * whose it is next. A thread has `last`, what was said or rung last; a text `media`, addresses of
 * ours; a voicemail `recording_url`; an error code `error`, the same in words.
 * Owns: nothing. What it needs goes into the buffer's arena.
 * Threads: any, with a roster that is held while the row is written.
 */
#ifndef API_ROW_OUT_H
#define API_ROW_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/json.h"
#include "model/roster.h"
#include "store/store.h"

struct row_out {
    struct json_out *json;
    const struct roster *roster; /* for people's names; NULL: their ids stand for them */
    bool hides_links;            /* one in a text acts for whoever has it */
    size_t body_max;             /* characters of a `body`; 0: all */
    bool is_brief; /* a relay without its plan, a rung without what only reports need */
};

/* The row as an object named `key`, NULL in a list. */
void row_out(const struct row_out *o, const char *key, const struct view_cell *cells, size_t count);
/* The same inside an object that the caller opens and closes. */
void row_out_members(const struct row_out *o, const struct view_cell *cells, size_t count);

#endif
