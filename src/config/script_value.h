/* config/script_value.h - is the value of an attribute in a call script one that the carrier takes.
 *
 * Threads: any.
 */
#ifndef CONFIG_SCRIPT_VALUE_H
#define CONFIG_SCRIPT_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "config/script_verbs.h"

/* NULL when it is; else what to write instead, in the arena. */
const char *script_value_check(struct arena *arena, const struct script_verbs_attr *rule,
                               struct span value);
/* Whether it is a whole https address. */
bool script_value_is_address(struct span text);

#endif
