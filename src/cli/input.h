/* cli/input.h - all of a file, or of stdin, up to a limit.
 *
 * Threads: one.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/span.h"

/* False when it cannot be read or is above `max` bytes; the text lives in the arena. */
bool input_read(struct arena *arena, FILE *file, size_t max, struct span *out);
bool input_read_path(struct arena *arena, const char *path, size_t max, struct span *out);

#endif
