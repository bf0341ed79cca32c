/* setup/finding.h - what was seen of a set-up: what, why it matters, and how to mend it.
 *
 * Owns: nothing; the texts live in the arena of the list.
 * Threads: one at a time.
 */
#ifndef SETUP_FINDING_H
#define SETUP_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

/* From harmless to harmful. UNKNOWN: it could not be asked, and `why` tells the reason. */
enum finding_state { FINDING_OK, FINDING_UNKNOWN, FINDING_WARN, FINDING_BAD, FINDING_STATES };
/* "ok", "unknown", "warn", "bad". */
const char *finding_state_name(enum finding_state state);
bool finding_state_parse(struct span text, enum finding_state *out);

struct finding {
    const char *check; /* what was looked at: "numbers" */
    enum finding_state state;
    const char *what;
    const char *why, *mend; /* NULL when it is well */
};

enum { FINDING_MAX = 1000 };

struct finding_list {
    struct arena *arena;
    struct finding *items;
    size_t count; /* at most FINDING_MAX; what comes later is left out */
    size_t room;
};

void finding_init(struct finding_list *list, struct arena *arena);
/* The texts are kept as they are: static, or of the list's arena. */
void finding_add(struct finding_list *list, const struct finding *finding);
void finding_well(struct finding_list *list, const char *check, const char *what);
/* FINDING_OK for none. */
enum finding_state finding_worst(const struct finding_list *list);
size_t finding_count(const struct finding_list *list, enum finding_state state);

#endif
