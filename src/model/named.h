/* model/named.h - what every enum whose values have names has: TYPE_name and TYPE_parse.
 *
 * Both are made from the table TYPE_names, one word a value, in the order of the enum; a header
 * declares them:
 *     const char *TYPE_name(enum TYPE v);               a value that is none is a bug, and aborts
 *     bool TYPE_parse(struct span text, enum TYPE *out); false: no value has that name
 * Threads: any.
 */
#ifndef MODEL_NAMED_H
#define MODEL_NAMED_H

#include <stdbool.h>

#include "base/check.h"
#include "base/span.h"

#define NAMED(type, count)                                           \
    const char *type##_name(enum type v)                             \
    {                                                                \
        if ((unsigned)v >= (unsigned)(count))                        \
            check_failed(__FILE__, __LINE__, "a value of the enum"); \
        return type##_names[v];                                      \
    }                                                                \
    NAMED_PARSE(type, count)

/* Of one that is only ever read. */
#define NAMED_PARSE(type, count)                        \
    bool type##_parse(struct span text, enum type *out) \
    {                                                   \
        for (int i = 0; i < (int)(count); i++)          \
            if (span_is_text(text, type##_names[i])) {  \
                *out = (enum type)i;                    \
                return true;                            \
            }                                           \
        return false;                                   \
    }

#endif
