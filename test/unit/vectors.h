/* test/unit/vectors.h - the published test vectors, read from a file of test/vectors. */
#ifndef VECTORS_H
#define VECTORS_H

#include "base/arena.h"
#include "codec/json.h"

/* `path` is relative to the project's root, where tests are run; the caller closes the tree. What
 * cannot be read fails the test. */
struct json *vectors_read(struct arena *arena, const char *path);

#endif
