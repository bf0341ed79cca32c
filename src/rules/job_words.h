/* rules/job_words.h - what people named on a job are told, from templates in their language.
 *
 * Built in are en, es, de and fr; a roster's own template of the same language goes first. A
 * field stands as {{name}}: what is put in is cleaned of line breaks and controls. A text stays
 * in one segment where it can: the longest field is cut first, the link never.
 * Pure. Threads: any.
 */
#ifndef RULES_JOB_WORDS_H
#define RULES_JOB_WORDS_H

#include "base/arena.h"
#include "base/span.h"
#include "model/job.h"
#include "model/job_template.h"

struct job_words {
    enum job_news news;
    struct span language;          /* "de"; one that is not known is English */
    struct span template;          /* the roster's; empty: the built-in one */
    struct span values[JOB_WORDS]; /* empty: its part stays empty */
};

struct span job_words_render(struct arena *arena, const struct job_words *words);

/* What operators are told of an exception; `who` may be empty. */
struct span job_words_exception(struct arena *arena, enum job_exception exception,
                                const struct job *job, struct span who);

#endif
