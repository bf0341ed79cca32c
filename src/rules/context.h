/* rules/context.h - what a decision is made with: the working set, the roster, the time, and the
 * few things that only the outside can give.
 *
 * Threads: one at a time (the storage thread).
 */
#ifndef RULES_CONTEXT_H
#define RULES_CONTEXT_H

#include <stdint.h>

#include "base/dice.h"
#include "base/span.h"
#include "model/event.h"
#include "model/facts.h"
#include "model/report_only.h"
#include "model/roster.h"

enum { CONTEXT_LINK_SIZE = 23 };

/* A fresh link: its text for the address and the hash that is kept. */
struct context_link {
    char text[CONTEXT_LINK_SIZE]; /* 22 characters and a NUL */
    uint8_t hash[LINK_HASH_BYTES];
};

struct context {
    struct facts *facts;
    const struct roster *roster; /* NULL for an event on no roster */
    const struct event *event;
    struct answer *answer;
    struct dice *dice;
    struct guard *guard;    /* what came lately; NULL: nothing is ever too much */
    struct span public_url; /* without a slash at the end */
    void (*new_link)(struct context_link *out); /* handed down: randomness and a hash */
    bool (*may_dial)(const char *number);       /* handed down: numbering plans; NULL: any number */
    /* When the database came back from a backup: what was to be done before may have been done by
     * the one that is lost. 0: never. */
    int64_t restored_ms;
    const struct report_only_list *open; /* lines in report-only mode; NULL: none */
};

/* Appends to the log: subject 0 and operator NULL when there is none; `alarm` marks what
 * somebody must see. `detail` may be any text; it is copied. */
void context_log(const struct context *c, const char *kind, int64_t thread, int64_t subject,
                 const char *operator_id, const char *detail);
void context_alarm(const struct context *c, const char *kind, int64_t thread, int64_t subject,
                   const char *detail);

/* Who acts for the office, for people: "the office (Mara)"; "the office" when nobody is named. */
struct span context_office(const struct context *c);
/* For the log, of what a page or a program asks: "by Mara, on the board"; "" of all else, and when
 * nobody is named. */
const char *context_by(const struct context *c);

/* Name of the operator with that id for people; the id itself when he has left the roster. */
const char *context_name(const struct context *c, const char *operator_id);
/* What the tenant's operators said of themselves; decide() has gathered it. */
const struct duties *context_duties(const struct context *c);
/* Whose job it is by its own row; empty without. Asks for the row: facts->short_of. */
struct span context_job_operator(const struct context *c, struct span job);
/* Open threads of each of those whom the roster names for `job`, in its order; NULL where they
 * are not several. */
const int64_t *context_burdens(const struct context *c, struct span job);
/* His index in the roster, or -1. */
int context_operator(const struct context *c, const char *operator_id);

/* The thread of a party and a line, touched by this event: `known` when the store has it, else a
 * new one. A job, when there is one, is the thread's from now on. */
struct thread *context_thread(const struct context *c, struct thread *known, struct span line,
                              struct span party, struct span job);

/* Copies text into a fixed field, cut at its size. */
#define CONTEXT_SET(field, text) context_set((field), sizeof(field), (text))
void context_set(char *field, size_t size, struct span text);

#endif
