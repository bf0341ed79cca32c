/* report/report_tally.h - counts what a report tells, by the business's own days and hours.
 *
 * Each row is counted where it began. Calls that still ring are in no count, nor are those of
 * operators that rang nobody.
 * Owns: nothing; all lives in the arena.
 * Threads: one at a time. Reads no clock.
 * Units: instants and times are milliseconds; days are those of the zone, since 1970-01-01.
 */
#ifndef REPORT_REPORT_TALLY_H
#define REPORT_REPORT_TALLY_H

#include "base/arena.h"
#include "model/roster.h"
#include "store/store.h"

enum {
    REPORT_TALLY_PEOPLE = 500, /* by_operator's, those who have left the roster too */
    REPORT_TALLY_LOST = 500,   /* the latest that nobody took */
    REPORT_TALLY_WEEK = 7,
    REPORT_TALLY_HOURS = 24,
};

/* Each one is kept, so that what half of them stayed below is exact. */
struct report_tally_times {
    int64_t *ms;
    size_t count, room;
};

struct report_tally_counts {
    int32_t calls, answered, missed, voicemail, abandoned, refused; /* calls: the sum */
    int32_t texts_in, texts_out; /* customers'; ours, to whomever */
    int32_t relays, acked, exhausted;
    struct report_tally_times answers; /* from the call's beginning until it was accepted */
    struct report_tally_times acks;    /* from the relay's beginning until it was acknowledged */
};

struct report_tally_person {
    char id[LIMIT_SLUG_SIZE], name[LIMIT_NAME_SIZE];
    int32_t rung, accepted, passed_on, not_answered; /* calls */
    int32_t relays, acked;                           /* relays he was told of; took */
    struct report_tally_times answers;               /* from his phone's first ring */
    struct report_tally_times acks;                  /* from the first text to him */
};

/* What nobody took: a call, or a text. */
struct report_tally_lost {
    int64_t id, thread, at_ms;
    struct span customer, name; /* name: empty when it is not known */
    const char *kind;           /* the call's outcome, or "text", "job" */
    struct span why;
};

struct report_tally_spent {
    int32_t texts, calls;
};

struct report_tally {
    struct arena *arena;
    const struct zone *zone;
    int32_t from_day, days;
    struct report_tally_counts all, *by_day;
    struct report_tally_person *people;
    size_t person_count;
    uint16_t *slots; /* people by a hash of their ids: 1 + index, 0: free */
    int32_t calls_at[REPORT_TALLY_WEEK][REPORT_TALLY_HOURS]; /* Monday first */
    int32_t texts_at[REPORT_TALLY_WEEK][REPORT_TALLY_HOURS]; /* of customers */
    int32_t missed_at[REPORT_TALLY_WEEK][REPORT_TALLY_HOURS];
    struct report_tally_lost *lost; /* newest first once report_tally_end was called */
    size_t lost_calls, lost_texts;  /* how many of each are kept */
    struct report_tally_spent *spent;
    struct plan *plan; /* of the row that is counted */
};

/* `zone` is borrowed; NULL: UTC. */
struct report_tally *report_tally_begin(struct arena *arena, const struct zone *zone,
                                        int32_t from_day, int32_t days);
/* Names somebody in advance, so that he is in the list whatever he did. */
void report_tally_name(struct report_tally *tally, const char *id, const char *name);
/* For store_report; its rows are counted in `tally`. */
struct store_report_reader report_tally_reader(struct report_tally *tally);
/* After the last row. */
void report_tally_end(struct report_tally *tally);

/* The shortest time within which `percent` of all lay; -1 without any. */
int64_t report_tally_within(struct report_tally_times *times, int percent);

#endif
