/* config/script_file.h - a call script's text as a tree, or everything that is wrong with it.
 *
 * Errors: ERR_BAD_INPUT with every mistake, each with file, line and column.
 * Threads: any, one at a time.
 * Source: section 3 of the carrier's reference.
 */
#ifndef CONFIG_SCRIPT_FILE_H
#define CONFIG_SCRIPT_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"
#include "model/script.h"

struct script_file {
    const char *name; /* for the mistakes */
    enum script_kind kind;
    struct span text; /* borrowed until the parse has returned */
};

/* `out` is what stands in <Response>, in the arena; NULL when nothing does. */
MUST_USE enum err script_file_parse(struct arena *arena, const struct script_file *file,
                                    const struct script_node **out, struct mistakes *mistakes);

#endif
