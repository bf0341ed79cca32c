/* web/figures.h - gathers every figure of metric/metric_table.h, for /metrics and for CloudWatch.
 *
 * Each time that somebody asks, the store is asked what waits in it, on a reader's thread, and
 * whether a commit reaches the disk, on the storage thread; who asks meanwhile gets the same
 * answer. A store that does not answer leaves its figures out, but for nextring_store_durable,
 * which is 0. Owns: what it found last, until figures_close; the site stays the caller's. Threads:
 * loop thread only.
 */
#ifndef WEB_FIGURES_H
#define WEB_FIGURES_H

#include "metric/metric_set.h"
#include "visit/site.h"

struct figures;

struct figures *figures_open(struct site *site, const struct web_options *options);
/* Whoever still waits is not called. Accepts a pointer to NULL and leaves NULL. */
void figures_close(struct figures **figures);

/* Stays the caller's, and must live until `done` has been called: on a later turn, or at once where
 * the store takes no questions. The set lives during the call. */
struct figures_ask {
    void (*done)(struct figures_ask *ask, const struct metric_set *set);
    void *user;
    struct figures_ask *next;
};
void figures_ask(struct figures *figures, struct figures_ask *ask);

#endif
