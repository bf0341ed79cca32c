/* desk/desk_find.h - which thread an operator's text is about: by its mark, or by what he was
 * told of lately.
 *
 * Functions that find nothing set facts->short_of when something must be loaded first.
 * Threads: one at a time.
 */
#ifndef DESK_DESK_FIND_H
#define DESK_DESK_FIND_H

#include <stdbool.h>

#include "rules/context.h"

enum { DESK_FIND_BACK_MS = 12 * 3600 * 1000 }; /* "lately" */

/* One thread, or several among which he must choose. */
struct desk_target {
    struct thread *thread; /* the first of them */
    struct relay *relay;   /* its latest; NULL without */
    char tag[TAG_SIZE];
    size_t count;
    bool is_newer;           /* he was told of one of them since he wrote */
    struct question choices; /* `threads` of it, at most QUESTION_CHOICES */
    struct span list;        /* of them, for people */
};

/* Finds the thread of a mark. */
bool desk_find_pick(const struct context *c, const struct tag *tag, struct desk_target *out);
/* The tag with this text at the desk (may be NULL), or with this thread; NULL without. */
const struct tag *desk_find_tag(const struct desk *desk, const char *tag);
const struct tag *desk_find_thread(const struct desk *desk, int64_t thread);

/* The same context for a text that was written at `at_ms` and is looked at only now. */
struct context desk_find_as_of(const struct context *c, int64_t at_ms, struct event *out_event);

/* The threads that he was told of by this line lately: all, or those that wait or are open. */
enum desk_among { DESK_AMONG_ALL, DESK_AMONG_WAITING, DESK_AMONG_OPEN };
void desk_find_lately(const struct context *c, const struct desk *desk, struct span line,
                      enum desk_among among, struct desk_target *out);

#endif
