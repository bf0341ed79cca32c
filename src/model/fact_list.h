/* model/fact_list.h - lists among the facts: an operator's tags, a tenant's duties, idle relays and
 * live calls, jobs by number. A list is never absent, only empty, and hears of what the batch adds,
 * so that a loaded one is whole. The fill functions are for the store, the others for facts.c
 * alone.
 *
 * Owns: nothing; lists live in the set's arena.
 * Threads: one at a time.
 */
#ifndef MODEL_FACT_LIST_H
#define MODEL_FACT_LIST_H

#include "model/fact.h"

bool fact_list_is(enum fact_kind kind);
/* What stands for a list without rows; NULL for a kind that is none. */
void *fact_list_empty(struct facts *f, const struct fact *fact);
/* Adds what the store has not seen yet to a list that it has just loaded. */
void fact_list_complete(struct facts *f, const struct fact *list);

void fact_list_hear_cascade(struct facts *f, const struct cascade *cascade);
void fact_list_hear_job(struct facts *f, const struct job *job);
void fact_list_hear_tag(struct facts *f, const struct tag *tag);
void fact_list_hear_duty(struct facts *f, const struct duty *duty);

/* One more at the end. */
void fact_list_fill_desk(struct facts *f, struct desk *desk, const struct tag *tag);
void fact_list_fill_duties(struct facts *f, struct duties *duties, const struct duty *duty);
void fact_list_fill_idle(struct facts *f, struct idle *idle, int64_t relay);
void fact_list_fill_live(struct facts *f, struct live *live, int64_t cascade);
void fact_list_fill_jobs(struct facts *f, struct job_list *list, int64_t job);

#endif
