/* base/clock.h - what time it is: the machine's time, or a rehearsal's that a hand turns.
 *
 * The system clock is read once at the start and then follows CLOCK_BOOTTIME, so that a
 * jump of the wall clock moves no timer; clock_jump_ms tells how far the two have parted.
 * A rehearsal's clock is a page of memory behind an open descriptor that the simulated
 * carrier and the daemon share: the host sets the time, the guests say whether they are busy
 * and when they want to be woken, and the host leaps from one instant to the next.
 * Owns: the mapping; the descriptor stays the caller's.
 * Errors: clock_open_page gives ERR_BAD_INPUT for a descriptor that is no clock page.
 * Threads: reading, any; clock_report, one thread a guest; the rest, the host's loop thread.
 * Units: instants are UTC milliseconds since the epoch.
 * Source: docs/adr/0005-clocks.md.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct clock;

enum { CLOCK_GUESTS = 4 };
static const int64_t CLOCK_NEVER = INT64_MAX;

struct clock *clock_open_system(void);
/* Joins the page behind `fd`; `host` initialises an empty one at `start_ms` (by hand, still).
 */
MUST_USE enum err clock_open_page(int fd, bool host, int64_t start_ms, struct clock **out);
void clock_close(struct clock **clock);

int64_t clock_now_ms(const struct clock *clock);

/* What another clock, which many go by, has said: at_ms when CLOCK_BOOTTIME was at_ns, give or
 * take off_ns. */
struct clock_reading {
    int64_t at_ms, at_ns, off_ns;
};
enum { CLOCK_STEP_MS = 5 };
/* Goes by that clock: the first time at once, then by CLOCK_STEP_MS a call at most, so that what
 * was due in a minute comes no more than a moment early, however that clock leaps. Returns how far
 * it was from it; nothing happens in a rehearsal. One thread. */
int64_t clock_correct(struct clock *clock, const struct clock_reading *reading);
/* How far the wall clock has jumped ahead since it was read; 0 in a rehearsal. */
int64_t clock_jump_ms(const struct clock *clock);
bool clock_is_rehearsal(const struct clock *clock);
/* Milliseconds of real time until `due_ms`: 0 when past, -1 when a hand must turn the clock
 * first (poll the clock meanwhile). */
int64_t clock_wait_ms(const struct clock *clock, int64_t due_ms);
/* Real nanoseconds that only go forward; for deadlines of connections and measurements. */
int64_t clock_mono_ns(void);
/* The same, but they also pass while the machine sleeps: for leases. */
int64_t clock_boot_ns(void);

/* Guest: whether work is under way, and the next instant that matters (CLOCK_NEVER: none). */
void clock_report(struct clock *clock, bool busy, int64_t next_due_ms);

/* Guest: nothing is under way but `out` requests to the host, whose answers it waits for. To
 * clock_guests_idle it is busy. */
void clock_report_out(struct clock *clock, unsigned out, int64_t next_due_ms);
/* Guest: a number to seed its dice from, another at each call, the same in each rehearsal of
 * the host's seed; 0: chance is wanted. */
uint64_t clock_seed(struct clock *clock);

/* Host: gives the rehearsal a seed, above 0; before any guest comes. */
void clock_seed_put(struct clock *clock, uint64_t seed);
/* Host: true when no guest does anything but wait for its time, or for answers to requests that
 * it has sent the host: *out_requests of them. */
bool clock_guests_wait(struct clock *clock, int64_t *out_next, unsigned *out_requests);
/* Host: true when every guest reports to be idle at the time that is now; then *out_next is
 * the earliest instant that any of them waits for. */
bool clock_guests_idle(struct clock *clock, int64_t *out_next);
/* Host: number of guests that have ever reported. */
int clock_guests(const struct clock *clock);
/* Host: sets the time (never back). */
void clock_turn(struct clock *clock, int64_t now_ms);
/* Host: lets the time run at `rate` thousandths of real time; 0 stops it. */
void clock_run(struct clock *clock, int64_t rate);
/* That rate. */
int64_t clock_rate(const struct clock *clock);

#endif
