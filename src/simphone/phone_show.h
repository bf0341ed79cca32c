/* simphone/phone_show.h - what a simulator's phones show, as lines for a terminal or as JSON.
 *
 * `state` is the answer of GET /sim/phones. Texts go through base/terminal.h.
 * Threads: one.
 */
#ifndef SIMPHONE_PHONE_SHOW_H
#define SIMPHONE_PHONE_SHOW_H

#include "codec/json.h"

/* All phones, a line each. */
void phone_show_list(const struct json *state);
/* Whether there is a phone of that number. */
bool phone_show_knows(const struct json *state, struct span number);
/* One phone with its calls and texts. */
void phone_show_one(const struct json *state, struct span number);
/* The same as JSON: {"phone","calls","texts"}. */
void phone_show_json(struct arena *arena, const struct json *state, struct span number);

#endif
