/* metric/metric_emf.h - the figures as CloudWatch takes them out of a log: embedded metric format.
 *
 * What only grows is given as what it has grown by since the last time; of histograms how many
 * there were, their sum, and the ends of the steps below which half and 99 of 100 lie. Each value
 * of a label is a dimension beside the node. Owns: what was given last. Threads: one at a time.
 * Source: CloudWatch user guide, "Specification: Embedded metric format".
 */
#ifndef METRIC_METRIC_EMF_H
#define METRIC_METRIC_EMF_H

#include "base/buf.h"
#include "base/span.h"
#include "metric/metric_set.h"

/* What a document may hold. */
enum { METRIC_EMF_METRICS_MAX = 100 };

struct metric_emf;

struct metric_emf *metric_emf_open(void);
/* Accepts a pointer to NULL and leaves NULL. */
void metric_emf_close(struct metric_emf **emf);

/* Adds the documents, a line each; `node` is whose figures they are. */
void metric_emf_render(struct metric_emf *emf, const struct metric_set *set, struct span node,
                       int64_t now_ms, struct buf *out);

#endif
