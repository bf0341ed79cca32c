/* river/work_list.h - works one after the other: put together, and answered.
 *
 * Owns: nothing; the works are whoever's brought them.
 * Threads: one at a time.
 */
#ifndef RIVER_WORK_LIST_H
#define RIVER_WORK_LIST_H

#include "river/work.h"

struct work_list {
    struct work *first, **last;
};

void work_list_clear(struct work_list *list);
void work_list_add(struct work_list *list, struct work *work);
/* All that hang on `first`. */
void work_list_join(struct work_list *list, struct work *first);

/* Calls back whoever waits for those that hang on `first`, with that error, or with each one's
 * own. */
void work_list_answer(struct work *first, enum err err);

#endif
