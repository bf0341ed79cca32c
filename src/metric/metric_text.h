/* metric/metric_text.h - the figures as Prometheus reads them.
 *
 * Threads: any.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
 */
#ifndef METRIC_METRIC_TEXT_H
#define METRIC_METRIC_TEXT_H

#include "base/buf.h"
#include "metric/metric_set.h"

#define METRIC_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

void metric_text_render(struct buf *out, const struct metric_set *set);
/* Microseconds as seconds, without what would be noughts at its end. */
void metric_text_seconds(struct buf *out, int64_t us);

#endif
