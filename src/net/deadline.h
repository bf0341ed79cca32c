/* net/deadline.h - who has to be done by when: lines in which everybody waits equally long.
 *
 * As all of a line have the same time, who joined first is late first: joining, leaving and
 * asking for the nearest are a few pointers each.
 * Owns: nothing; a deadline is embedded in what it belongs to and must leave before that goes.
 * Threads: one at a time.
 */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <stdint.h>

struct deadline_line;

/* Zeroed: in no line. */
struct deadline {
    struct deadline *prev, *next;
    struct deadline_line *line;
    int64_t due_ns; /* on clock_mono_ns */
};

struct deadline_line {
    struct deadline *first, *last;
    int64_t time_ms; /* everybody's */
};

/* Leaves the line it is in, if any, and joins the end of `line`. */
void deadline_join(struct deadline *deadline, struct deadline_line *line, int64_t now_ns);
void deadline_leave(struct deadline *deadline);
/* Takes out the first that is late; NULL: nobody. */
struct deadline *deadline_take_late(struct deadline_line *line, int64_t now_ns);
/* Milliseconds, rounded up, until the first is late; -1: nobody waits. */
int64_t deadline_wait_ms(const struct deadline_line *line, int64_t now_ns);
/* The sooner of two waits, of which -1 is none. */
int64_t deadline_sooner_ms(int64_t a_ms, int64_t b_ms);

#endif
