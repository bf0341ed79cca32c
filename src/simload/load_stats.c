#include "simload/load_stats.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEP_BITS = 6 };

static unsigned bucket_of(uint64_t ns)
{
    if (ns < LOAD_STATS_STEPS)
        return (unsigned)ns;
    const unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - STEP_BITS;
    const unsigned at = (shift + 1) * LOAD_STATS_STEPS + (unsigned)(ns >> shift) - LOAD_STATS_STEPS;
    return at < LOAD_STATS_BUCKETS ? at : LOAD_STATS_BUCKETS - 1;
}

/* The first time that is above the bucket's. */
static uint64_t end_of(unsigned bucket)
{
    if (bucket < LOAD_STATS_STEPS)
        return bucket + 1;
    return (uint64_t)(bucket % LOAD_STATS_STEPS + LOAD_STATS_STEPS + 1)
           << (bucket / LOAD_STATS_STEPS - 1);
}

void load_stats_add(struct load_stats *s, uint64_t took_ns)
{
    s->counts[bucket_of(took_ns)]++;
    s->count++;
    if (took_ns > s->max_ns)
        s->max_ns = took_ns;
}

double load_stats_us(const struct load_stats *s, double percent)
{
    const double wanted = percent / 100 * (double)s->count;
    uint64_t seen = 0;

    for (unsigned i = 0; i < LOAD_STATS_BUCKETS && s->count > 0; i++) {
        seen += s->counts[i];
        if ((double)seen >= wanted)
            return (double)(end_of(i) < s->max_ns ? end_of(i) : s->max_ns) / 1000;
    }
    return 0;
}

static void read_cpu(long pid, struct load_stats_use *use)
{
    char path[64], text[1024];
    unsigned long user = 0, kernel = 0;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    const char *after_name = strrchr(text, ')');
    if (after_name && sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                             &user, &kernel) == 2)
        use->cpu_s = (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static void read_memory(long pid, struct load_stats_use *use)
{
    char path[64], line[256];

    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fgets(line, sizeof line, file)) {
        (void)sscanf(line, "VmHWM: %ld", &use->peak_kb);
        (void)sscanf(line, "RssAnon: %ld", &use->anon_kb);
    }
    fclose(file);
}

struct load_stats_use load_stats_use(long pid)
{
    struct load_stats_use use = {0};

    if (pid > 0) {
        read_cpu(pid, &use);
        read_memory(pid, &use);
    }
    return use;
}
