/* river/results.h - what became of each send, as an event, until that is stored.
 *
 * A row whose result was lost would stay "sending": what could not be stored is kept here and
 * offered again.
 * Owns: the works it makes, until they are stored; errands that are left to it.
 * Threads: loop thread only.
 */
#ifndef RIVER_RESULTS_H
#define RIVER_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "river/claim.h"
#include "river/sender.h"
#include "river/work.h"

struct results;

/* `intake` must live as long; it takes results always. */
struct results *results_open(const struct intake *intake);
/* Accepts NULL. */
void results_close(struct results **results);

/* What the carrier answered. */
void results_add(struct results *results, const struct sender_result *result);
/* The errand's row is not sent. SENT_REFUSED: the carrier would refuse it, and say so by that code;
 * or we do, by none. SENT_RETRY: it waits again. */
void results_leave(struct results *results, struct errand *errand, enum sent sent,
                   int32_t error_code);

/* True for a result that a batch could not store. */
bool results_is_lost(const struct work *work);
/* Keeps each of the list. */
void results_keep(struct results *results, struct work *first);
/* Offers what is kept once more, when it is time for it. */
void results_offer(struct results *results);
bool results_wait(const struct results *results);

struct results_counts {
    uint64_t sent, refused, retried;
};
struct results_counts results_counts(const struct results *results);

#endif
