/* job/job_text.h - what a job's crew write to the line, and what they are answered.
 *
 * A word of ours is the whole text, in any case and with stray punctuation, alone or with the
 * job's id before or after it: "claim", "Begin 17!", "#17: give back". The words are those of
 * every language that has built-in templates, whoever writes. All else is a text for people.
 * None of the words is the carrier's; START, which people will try, is known to be answered.
 * Pure; results live in the arena. Threads: any.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_TEXT_H
#define JOB_JOB_TEXT_H

#include "base/arena.h"
#include "model/job.h"

enum job_text_kind {
    JOB_TEXT_NONE,  /* no word of ours */
    JOB_TEXT_MOVE,  /* `cause` */
    JOB_TEXT_START, /* the carrier's word for what is "begin" here */
    JOB_TEXT_KINDS
};
struct job_text {
    enum job_text_kind kind;
    enum job_cause cause; /* JOB_CLAIM, JOB_START, JOB_COMPLETE or JOB_GIVE_BACK */
    int job;              /* index of the job that he names; -1: none of these */
    struct span name;     /* what he names that is none of these; empty without */
};

/* `jobs` are those that he may mean. */
struct job_text job_text_read(struct span text, const struct job *const *jobs, size_t count);
/* Index of the job with which words for people begin, "17 where is the key"; -1 without. */
int job_text_about(struct span text, const struct job *const *jobs, size_t count);

enum job_reply {
    JOB_REPLY_CLAIMED,
    JOB_REPLY_BEGUN,
    JOB_REPLY_COMPLETED,
    JOB_REPLY_GIVEN_BACK,
    JOB_REPLY_WHICH,    /* words, of all his jobs */
    JOB_REPLY_UNKNOWN,  /* name, of all his jobs */
    JOB_REPLY_WITH,     /* name: who has it */
    JOB_REPLY_OVER,     /* its state */
    JOB_REPLY_NOT_NOW,  /* its state, and the words that are possible */
    JOB_REPLY_NOT_WORD, /* START: the word to use */
    JOB_REPLIES
};
struct job_says {
    enum job_reply reply;
    struct span language;   /* one that is not known is English */
    const struct job *job;  /* NULL: none in particular */
    enum job_cause cause;   /* what he wanted; JOB_CAUSES without */
    struct span name, list; /* of a person or a job; of what there is to choose from */
};
struct span job_text_answer(struct arena *arena, const struct job_says *says);
/* The word for a cause: "give back"; empty for a cause that has none. */
struct span job_text_word(struct span language, enum job_cause cause);

#endif
