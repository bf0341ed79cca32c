/* rules/party.h - who calls or writes: a number that can be answered, or somebody without one.
 *
 * Pure. Threads: any.
 * Source: the carrier sends a withheld caller as a word, or as that word on a keypad.
 */
#ifndef RULES_PARTY_H
#define RULES_PARTY_H

#include <stdbool.h>

#include "base/span.h"

/* True for E.164 that a person can be called or texted at: '+', 8 to 15 digits, and none of the
 * keypad spellings of "anonymous", "restricted", "unknown", "unavailable". */
bool party_is_number(struct span party);
/* How the thread of such a caller is kept: the party itself, or "anonymous" for all who
 * withhold their number. */
struct span party_key(struct span party);
/* For people: the number, or "a withheld number". */
struct span party_words(struct span party);

#endif
