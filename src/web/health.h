/* web/health.h - is it alive, can it store, and the figures for Prometheus.
 *
 * Threads: loop thread only.
 */
#ifndef WEB_HEALTH_H
#define WEB_HEALTH_H

#include "visit/visit.h"

visit_fn health_live;    /* "/healthz": the loop turns */
visit_fn health_ready;   /* "/readyz": a commit reaches the disk; asked at most once a second */
visit_fn health_metrics; /* "/metrics" */

#endif
