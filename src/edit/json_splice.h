/* edit/json_splice.h - a JSON text with one of its values set, added or taken out, and every other
 * byte as it was: order, blanks, unknown members, and how numbers are written.
 *
 * Only for text that json_parse has accepted; `object`, `list` and `old` are parts of it.
 * Owns: the new texts live in the arena.
 * Errors: spans with NULL data: there is no such member or item.
 * Threads: any.
 */
#ifndef EDIT_JSON_SPLICE_H
#define EDIT_JSON_SPLICE_H

#include "base/arena.h"
#include "base/span.h"

/* The value of the member, whatever escapes its key is written with; NULL data without. */
struct span json_splice_get(struct span object, struct span key);
/* The item; NULL data without. */
struct span json_splice_at(struct span list, size_t index);

/* The text with `fresh` in place of `old`. */
struct span json_splice_put(struct arena *arena, struct span text, struct span old,
                            struct span fresh);
/* ... with the member set, the last one when it is new. */
struct span json_splice_set(struct arena *arena, struct span text, struct span object,
                            struct span key, struct span value);
/* ... with one more item at the end of the list. */
struct span json_splice_add(struct arena *arena, struct span text, struct span list,
                            struct span value);
/* ... without that member, or that item. */
struct span json_splice_drop(struct arena *arena, struct span text, struct span object,
                             struct span key);
struct span json_splice_drop_at(struct arena *arena, struct span text, struct span list,
                                size_t index);

/* The text in quotes, escaped. */
struct span json_splice_quote(struct arena *arena, struct span text);

#endif
