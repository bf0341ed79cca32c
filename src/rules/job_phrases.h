/* rules/job_phrases.h - what the page of a job's link says, in the language of whose link it is.
 *
 * en, es, de and fr; any other is English. In a phrase {name} and {time} stand for what is put in.
 * Pure. Threads: any.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef RULES_JOB_PHRASES_H
#define RULES_JOB_PHRASES_H

#include "base/arena.h"
#include "base/span.h"
#include "model/job.h"

enum job_phrase {
    /* On its buttons and beside its fields. */
    JOB_PHRASE_CLAIM,
    JOB_PHRASE_START,
    JOB_PHRASE_COMPLETE,
    JOB_PHRASE_CALL,
    JOB_PHRASE_TEXT,
    JOB_PHRASE_HAND_OVER,
    JOB_PHRASE_GIVE_BACK,
    JOB_PHRASE_NOTE,
    JOB_PHRASE_WORDS,
    JOB_PHRASE_TO,
    JOB_PHRASE_WHY,
    JOB_PHRASE_SEND,
    JOB_PHRASE_BACK,
    JOB_PHRASE_MAP,
    JOB_PHRASE_JOB, /* {name}: its id */
    JOB_PHRASE_CUSTOMER,
    JOB_PHRASE_READER,
    /* Where the job stands. */
    JOB_PHRASE_PENDING,
    JOB_PHRASE_UNCLAIMED,
    JOB_PHRASE_CLAIMED,
    JOB_PHRASE_STARTED,
    JOB_PHRASE_STARTED_AT,
    JOB_PHRASE_COMPLETED,
    JOB_PHRASE_COMPLETED_AT,
    JOB_PHRASE_CANCELLED_AT,
    JOB_PHRASE_HANDED,
    JOB_PHRASE_YOU,
    JOB_PHRASE_ON_DAY,   /* {name}: the day of the week */
    JOB_PHRASE_DAYS_AGO, /* {name}: how many */
    /* Why it cannot be done. */
    JOB_PHRASE_EXPIRED,
    JOB_PHRASE_NOT_KEPT,
    JOB_PHRASE_OFF_JOB,
    JOB_PHRASE_NOT_GIVEN,
    JOB_PHRASE_NOT_NOW,
    JOB_PHRASE_NO_CUSTOMER,
    JOB_PHRASE_NOBODY,
    JOB_PHRASE_MALFORMED,
    JOB_PHRASE_NO_ACTION,
    JOB_PHRASE_TOO_LONG,
    JOB_PHRASE_NO_WORDS,
    JOB_PHRASE_NO_TARGET,
    JOB_PHRASE_UNKNOWN_TARGET,
    JOB_PHRASE_NO_NUMBER,
    JOB_PHRASE_STOPPED,
    JOB_PHRASE_BUSY,
    /* What a press did. */
    JOB_PHRASE_DID_CLAIM,
    JOB_PHRASE_DID_START,
    JOB_PHRASE_DID_HAND,
    JOB_PHRASE_DID_COMPLETE,
    JOB_PHRASE_DID_RETURN,
    JOB_PHRASE_DID_TEXT,
    JOB_PHRASE_DID_CALL,
    JOB_PHRASE_DID_BEFORE,
    JOB_PHRASES
};

/* In which `who` reads: a crew member's own, else the job's; static. */
struct span job_phrases_language(const struct job *job, const char *who);
/* The code of the language that is spoken: "en" for one that is not known; static. */
const char *job_phrases_code(struct span language);
/* As it is written, with its fields. */
const char *job_phrases_text(struct span language, enum job_phrase phrase);
/* Filled in; what could turn the direction of the rest is left out of the name. */
const char *job_phrases_say(struct arena *arena, struct span language, enum job_phrase phrase,
                            struct span name, const char *time);
/* 0: Sunday. */
const char *job_phrases_day(struct span language, int day);

#endif
