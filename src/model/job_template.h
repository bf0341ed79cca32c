/* model/job_template.h - texts to people named on a job, as templates: which there are, and the
 * fields that stand in them as {{name}}.
 *
 * Pure. Threads: any.
 */
#ifndef MODEL_JOB_TEMPLATE_H
#define MODEL_JOB_TEMPLATE_H

#include <stdbool.h>

#include "base/span.h"

enum { JOB_TEMPLATE_BYTES = 640 };

enum job_news {
    JOB_NEWS_ASSIGNED,    /* to its crew */
    JOB_NEWS_HANDED_OVER, /* to whoever it is handed to */
    JOB_NEWS_TAKEN_AWAY,  /* to whoever had it before */
    JOB_NEWS_COMPLETED,   /* to stakeholders */
    JOB_NEWS_STOPPED,     /* to stakeholders: cancelled after it had started */
    JOB_NEWS_CANCELLED,   /* to its crew */
    JOB_NEWSES
};
const char *job_news_name(enum job_news v); /* "assigned", as the roster has it */
bool job_news_parse(struct span text, enum job_news *out);

enum job_word {
    JOB_WORD_BUSINESS,
    JOB_WORD_JOB,
    JOB_WORD_TITLE,
    JOB_WORD_CUSTOMER,
    JOB_WORD_ADDRESS,
    JOB_WORD_LINK,
    JOB_WORD_CREW,
    JOB_WORD_TIME,
    JOB_WORDS
};
/* The next field: its name, what stands before and after it; false without. One that is not
 * closed goes to the end. */
bool job_template_next(struct span text, struct span *out_before, struct span *out_name,
                       struct span *out_after);
/* An enum job_word; -1: there is none of this name. */
int job_template_word(struct span name);
const char *job_template_word_name(enum job_word word);
/* Where the name of the first unknown field begins, in bytes; -1: none. */
int job_template_unknown(struct span text);
bool job_template_has(struct span text, enum job_word word);
/* A text to crew that is to act: it is nothing without the link. */
bool job_template_needs_link(enum job_news news);

#endif
