/* simload/load_stats.h - how long answers took, and what a process has used.
 *
 * Threads: one at a time.
 */
#ifndef SIMLOAD_LOAD_STATS_H
#define SIMLOAD_LOAD_STATS_H

#include <stdint.h>

enum { LOAD_STATS_STEPS = 64, LOAD_STATS_BUCKETS = 48 * LOAD_STATS_STEPS };

/* Log-linear: a bucket is at most 1.6 % wide. All zero: empty. */
struct load_stats {
    uint64_t counts[LOAD_STATS_BUCKETS];
    uint64_t count, max_ns;
};

void load_stats_add(struct load_stats *stats, uint64_t took_ns);
/* The time, in microseconds, that `percent` of the answers took at most; 0 without any. */
double load_stats_us(const struct load_stats *stats, double percent);

struct load_stats_use {
    double cpu_s;          /* of all its threads, in and out of the kernel */
    long peak_kb, anon_kb; /* VmHWM, RssAnon */
};

/* All zero for a process that is not there. */
struct load_stats_use load_stats_use(long pid);

#endif
