/* provider/fallback_script.h - static documents for the carrier's fallback addresses, which some
 * other host serves when no server of ours answers.
 *
 * A static document cannot look at how a dial ended: after a talk that the called side ended, the
 * next verb follows.
 * Threads: any. Pure.
 * Source: sections 2.3 and 3 of the carrier's reference.
 */
#ifndef PROVIDER_FALLBACK_SCRIPT_H
#define PROVIDER_FALLBACK_SCRIPT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

enum { FALLBACK_SCRIPT_RING_S = 25 };

/* Rings the phones one after the other, then says the words and hangs up. */
struct span fallback_script_voice(struct arena *arena, const struct span *phones, size_t count,
                                  struct span words);
/* Texts the words to each phone. */
struct span fallback_script_text(struct arena *arena, const struct span *phones, size_t count,
                                 struct span words);

#endif
