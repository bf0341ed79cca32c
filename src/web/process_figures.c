#include "web/process_figures.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void put_cpu(struct metric_set *set)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0)
        return;
    const int64_t us = (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                       used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    metric_set_put(set, METRIC_PROCESS_CPU, us);
}

static void put_memory(struct metric_set *set)
{
    const int64_t page = sysconf(_SC_PAGESIZE);
    long long all = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (!f)
        return;
    if (fscanf(f, "%lld %lld", &all, &resident) == 2) {
        metric_set_put(set, METRIC_PROCESS_VIRTUAL, all * page);
        metric_set_put(set, METRIC_PROCESS_RSS, resident * page);
    }
    fclose(f);
}

static void put_files(struct metric_set *set)
{
    struct rlimit files;
    DIR *dir = opendir("/proc/self/fd");
    int64_t count = -1; /* the one by which they are listed */

    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        metric_set_put(set, METRIC_PROCESS_FDS_MAX, (int64_t)files.rlim_cur);
    if (!dir)
        return;
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    metric_set_put(set, METRIC_PROCESS_FDS, count);
}

void process_figures_put(struct metric_set *set, int64_t started_us)
{
    metric_set_put(set, METRIC_PROCESS_START, started_us);
    put_cpu(set);
    put_memory(set);
    put_files(set);
}
