/* model/job.h - a job: a piece of work with states, the people who do it and those who hear of it.
 *
 * Plain data. Ids are base/id.h's; instants UTC milliseconds, 0 for "not yet"; spans live in the
 * arena of the facts that hold the row.
 * Source: docs/adr/0020-jobs.md; the moves are rules/job_states.c's.
 */
#ifndef MODEL_JOB_H
#define MODEL_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/rows.h"

enum {
    JOB_PEOPLE = 8, /* of a crew, or stakeholders */
    JOB_LANGUAGE_SIZE = 3,
    JOB_TITLE_BYTES = 200,
    JOB_NOTES_BYTES = 2000,
    JOB_ADDRESS_BYTES = 200,
    JOB_CLAIM_SECONDS = 900, /* unless the job says otherwise */
    JOB_LIST = 50,           /* active jobs of one number, as far as one look sees them */
    JOB_DRAFTS = 1000,       /* of one import */
    JOB_PEOPLE_BYTES = JOB_PEOPLE * (LIMIT_NAME_SIZE + LIMIT_NUMBER_SIZE + JOB_LANGUAGE_SIZE + 3),
};

enum job_state {
    JOB_PENDING,
    JOB_ASSIGNED,
    JOB_IN_PROGRESS,
    JOB_COMPLETED,
    JOB_CANCELLED,
    JOB_STATES
};
enum job_priority { JOB_LOW, JOB_NORMAL, JOB_HIGH, JOB_URGENT, JOB_PRIORITIES };
enum job_cause {
    JOB_ASSIGN,
    JOB_CLAIM,
    JOB_START,
    JOB_HAND_OVER,
    JOB_COMPLETE,
    JOB_GIVE_BACK,
    JOB_CANCEL,
    JOB_REOPEN,
    JOB_NOT_CLAIMED, /* in time: a clock */
    JOB_NO_PROGRESS, /* for too long: a clock */
    JOB_CAUSES
};
/* By what way somebody acts. */
enum job_way { JOB_BY_API, JOB_BY_DASHBOARD, JOB_BY_LINK, JOB_BY_TEXT, JOB_BY_CLOCK, JOB_WAYS };
/* The latest that went wrong. */
enum job_exception {
    JOB_FINE,
    JOB_WAS_NOT_CLAIMED,
    JOB_WAS_GIVEN_BACK,
    JOB_WITHOUT_PROGRESS,
    JOB_CANCELLED_AT_WORK, /* while it was in progress */
    JOB_CREW_UNREACHABLE,  /* its text was not delivered, or may not be sent */
    JOB_EXCEPTIONS
};

struct job_person {
    char name[LIMIT_NAME_SIZE];
    char phone[LIMIT_NUMBER_SIZE];    /* E.164 */
    char language[JOB_LANGUAGE_SIZE]; /* "en"; empty: the job's */
};

struct job {
    int64_t id;
    int32_t tenant;
    char job_id[JOB_SIZE]; /* as the business writes it; unique in the tenant */
    enum job_state state;
    enum job_priority priority;
    enum job_exception exception;
    struct span title, notes, address;
    char customer[LIMIT_NUMBER_SIZE]; /* E.164; empty: none */
    char customer_name[LIMIT_NAME_SIZE];
    char language[JOB_LANGUAGE_SIZE];
    char operator_id[LIMIT_SLUG_SIZE]; /* whose job it is; empty: nobody's in particular */
    char line[LIMIT_NUMBER_SIZE];      /* by which people are told; empty: the first one's */
    struct job_person crew[JOB_PEOPLE], stakeholders[JOB_PEOPLE];
    uint8_t crew_count, stakeholder_count;
    char claimed_by[LIMIT_SLUG_SIZE]; /* a crew member's phone or an operator's id */
    /* The latest hand-over; until the job is open to all again, it is for `handed_to` alone. */
    char handed_by[LIMIT_SLUG_SIZE], handed_to[LIMIT_SLUG_SIZE];
    int64_t handed_ms;
    int32_t claim_s;    /* from assigned to claimed; 0: without end */
    int32_t progress_s; /* from started to the next move; 0: without end */
    int64_t created_ms, assigned_ms, claimed_ms, started_ms, completed_ms, cancelled_ms;
    int64_t changed_ms;
    int64_t due_ms;  /* of its timer; 0 without */
    int32_t version; /* grows with each change */
    int64_t thread;  /* where its latest exception was told; 0 without */
    char created_by[LIMIT_NAME_SIZE];
};

/* Ids of active jobs, latest first as loaded; new ones at the end. */
struct job_list {
    int64_t *ids;
    size_t count, room;
};

/* What a document or a program says of a job; only what is given counts. */
enum job_field {
    JOB_FIELD_ID,
    JOB_FIELD_STATE,
    JOB_FIELD_TITLE,
    JOB_FIELD_NOTES,
    JOB_FIELD_CUSTOMER,
    JOB_FIELD_CUSTOMER_NAME,
    JOB_FIELD_ADDRESS,
    JOB_FIELD_LANGUAGE,
    JOB_FIELD_PRIORITY,
    JOB_FIELD_OPERATOR,
    JOB_FIELD_LINE,
    JOB_FIELD_CREW,
    JOB_FIELD_STAKEHOLDERS,
    JOB_FIELD_CLAIM_SECONDS,
    JOB_FIELD_PROGRESS_SECONDS,
    JOB_FIELDS
};
struct job_draft {
    struct job job;
    unsigned given; /* bits 1 << enum job_field */
    int32_t line;   /* where it stands in the document, from 1; 0: nowhere */
};
/* What becomes of drafts whose job is there already. */
enum job_import {
    JOB_IMPORT_ALL,     /* all or nothing: one that is there refuses all */
    JOB_IMPORT_PARTIAL, /* it is left out */
    JOB_IMPORT_SYNC,    /* a state file's: what it says of the job is taken over, but its state */
    JOB_IMPORTS
};

const char *job_state_name(enum job_state v);
bool job_state_parse(struct span text, enum job_state *out);
const char *job_priority_name(enum job_priority v);
bool job_priority_parse(struct span text, enum job_priority *out);
const char *job_cause_name(enum job_cause v);
bool job_cause_parse(struct span text, enum job_cause *out);
const char *job_way_name(enum job_way v);
bool job_way_parse(struct span text, enum job_way *out);
const char *job_exception_name(enum job_exception v); /* "" for JOB_FINE */
bool job_exception_parse(struct span text, enum job_exception *out);
const char *job_field_name(enum job_field v); /* as in the API: "customer_phone" */

/* Nothing is left to be done. */
bool job_is_over(const struct job *job);
/* Takes over what is given, but the id and the state. */
void job_take(struct job *job, const struct job_draft *draft);
/* Index in the crew of who has this phone, or -1. */
int job_crew_find(const struct job *job, struct span phone);
/* The name for people of `who`, a crew member's phone or an operator's id; empty when he is no
 * crew member. */
struct span job_crew_name(const struct job *job, const char *who);

/* People as one text, "phone language name", one a line, and back; false: it is none. */
struct span job_people_render(struct arena *arena, const struct job_person *people, size_t count);
bool job_people_parse(struct span text, struct job_person out[JOB_PEOPLE], uint8_t *out_count);

#endif
