/* setup/wanted.h - where a number of ours has to point, and what of it does not.
 *
 * Every address of ours asks the carrier to try again when a connection, an answer or this server
 * fails, since by itself it tries again only when no connection comes about; then it goes to the
 * fallback. A repeat does no harm: an event is taken once.
 * Pure. Threads: any.
 * Source: sections 4.1 and 4.2 of the carrier's reference; design section 7.
 */
#ifndef SETUP_WANTED_H
#define SETUP_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "setup/number.h"

/* What stands behind each of our addresses. */
extern const char wanted_overrides[];

struct wanted {
    struct span public_url;         /* without a slash at the end */
    struct span voice_fallback_url; /* static ones that were given; empty: none */
    struct span text_fallback_url;
    bool detach; /* applications, whose addresses win, are taken off */
};

struct wanted_change {
    enum number_field field;
    struct span is, will;
};

/* The differences, in the order of the fields; texts of `will` in the arena. A fallback that
 * stands somewhere else than here is left alone unless another is given: it may be a static
 * script, which answers when this server does not. */
size_t wanted_changes(struct arena *arena, const struct wanted *wanted, const struct number *number,
                      struct wanted_change out[NUMBER_FIELDS]);

/* How much a difference matters. */
enum wanted_weight {
    WANTED_SAME,
    WANTED_LESS,   /* works, but less well: retries, the status callback, a fallback */
    WANTED_BROKEN, /* calls or texts do not come here */
    WANTED_WEIGHTS
};
enum wanted_weight wanted_weigh(const struct wanted_change *changes, size_t count);

/* Whether the number's calls and texts, as far as it has them, come here: by its own addresses,
 * which nothing else wins over. */
bool wanted_comes_here(struct arena *arena, struct span public_url, const struct number *number);

/* The fallback is at the same host as the address that it stands in for: it does not help when
 * that one is down. False also for none. */
bool wanted_is_same_host(struct span url, struct span public_url);

#endif
