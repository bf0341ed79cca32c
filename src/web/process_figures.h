/* web/process_figures.h - what this process takes of the machine, as every Prometheus client tells
 * it.
 *
 * Threads: any, one at a time.
 * Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics.
 */
#ifndef WEB_PROCESS_FIGURES_H
#define WEB_PROCESS_FIGURES_H

#include "metric/metric_set.h"

/* `started_us`: UTC microseconds. What the system does not tell is left out. */
void process_figures_put(struct metric_set *set, int64_t started_us);

#endif
