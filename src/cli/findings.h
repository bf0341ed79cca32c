/* cli/findings.h - mistakes as a command prints them.
 *
 * Threads: one.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "base/arena.h"
#include "codec/json.h"
#include "config/mistakes.h"

/* One line each, to stderr. */
void findings_say(struct arena *arena, const struct mistakes *mistakes);
/* The members "is_good", "mistakes" and "more_mistakes" of the object that is open. */
void findings_json(struct json_out *out, const struct mistakes *mistakes);

#endif
