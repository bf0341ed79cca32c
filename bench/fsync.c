/* How long the disk takes to keep what is written over in a file, as a write-ahead log is once
 * it has its size: the floor under every answer. One write a millisecond, as an open loop of a
 * thousand requests a second asks for, over as long a time, so that both meet the disk's bad
 * moments.
 *
 *   nextring-fsync FILE SECONDS    FILE is made and removed */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "simload/load_stats.h"

enum { FILE_BYTES = 16 << 20, WRITE_BYTES = 16 << 10, EVERY_NS = 1000000 };

static bool write_once(int fd, const char *block, off_t at)
{
    return pwrite(fd, block, WRITE_BYTES, at) == WRITE_BYTES && fdatasync(fd) == 0;
}

static bool time_writes(int fd, int64_t seconds)
{
    static struct load_stats times; /* too large for the stack */
    char *block = arena_must_alloc(FILE_BYTES);
    off_t at = 0;

    bool kept = pwrite(fd, block, FILE_BYTES, 0) == FILE_BYTES && fsync(fd) == 0;
    const int64_t end_ns = clock_mono_ns() + seconds * 1000000000;
    for (int64_t due_ns = clock_mono_ns(); kept && due_ns < end_ns; due_ns += EVERY_NS) {
        const int64_t early_ns = due_ns - clock_mono_ns();
        if (early_ns > 0)
            nanosleep(&(struct timespec){.tv_nsec = early_ns}, NULL);
        const int64_t since_ns = clock_mono_ns();
        kept = write_once(fd, block, at);
        load_stats_add(&times, (uint64_t)(clock_mono_ns() - since_ns));
        at = (at + WRITE_BYTES) % FILE_BYTES;
    }
    free(block);
    if (kept)
        printf("p50_us=%.0f p90_us=%.0f p99_us=%.0f\n", load_stats_us(&times, 50),
               load_stats_us(&times, 90), load_stats_us(&times, 99));
    return kept;
}

int main(int argc, char **argv)
{
    const int seconds = argc == 3 ? atoi(argv[2]) : 0;

    if (seconds < 1) {
        fprintf(stderr, "usage: nextring-fsync FILE SECONDS\n");
        return 2;
    }
    const int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool kept = fd >= 0 && time_writes(fd, seconds);
    if (!kept)
        perror(argv[1]);
    if (fd >= 0) {
        close(fd);
        unlink(argv[1]);
    }
    return kept ? 0 : 3;
}
