/* river/outage.h - while the store cannot be written: events are kept in the spool and answered
 * without it; when it can, they are brought in, in order.
 *
 * An outage is on from the first event that had to be kept until the last one is in the store;
 * meanwhile whatever the carrier brings goes through the spool, so that no event overtakes
 * another. A repeat does no harm: what was in the store already is found there.
 * Owns: the spool, and the arena of the events on their way back.
 * Threads: loop thread only, but for the works of outage_replay while they are in a batch.
 * Source: design section 7, G5.
 */
#ifndef RIVER_OUTAGE_H
#define RIVER_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "river/book.h"
#include "river/claim.h"
#include "river/work.h"

struct outage;

enum { OUTAGE_WHY_SIZE = 512 };

/* `node`: whose ids calls get that begin here. */
MUST_USE enum err outage_open(const char *path, uint8_t node, struct outage **out,
                              char why[OUTAGE_WHY_SIZE]);
void outage_close(struct outage **outage);
/* The node has got another number. */
void outage_renumber(struct outage *outage, uint8_t node);

bool outage_is_on(const struct outage *outage);
/* The last try to bring something in has failed, or none was made yet. */
bool outage_is_failing(const struct outage *outage);
/* All that is in the spool is on its way back. */
bool outage_is_ending(const struct outage *outage);
uint64_t outage_count(const struct outage *outage); /* events in the spool */
/* What they take of it, and how many bytes it has. */
void outage_size(const struct outage *outage, uint64_t *out_used, uint64_t *out_bytes);

/* True for what is kept: what the carrier would not bring again. */
bool outage_keeps(const struct work *work);
/* The store has refused what is given next: it is tried only every so often from now on, until a
 * try succeeds. */
void outage_fail(struct outage *outage);
/* Keeps and answers each of the list, with one sync for all; their err and answer are set.
 * ERR_FULL, ERR_BROKEN: a text, a receipt, a status or a transcript that could not be kept. What a
 * call waits for always gets its document. Returns what shall be sent now: the pre-alerts of rings
 * that were kept, once each and never again, whatever becomes of them. */
struct errand *outage_take(struct outage *outage, const struct book *book, struct work *list,
                           int64_t now_ms);

/* Whether something could be kept now: a write to the spool that reaches the disk and is read back.
 * As long as the disk takes. */
MUST_USE enum err outage_prove(struct outage *outage);

/* An id for a call that may begin: it has the same in the store, and without it. */
int64_t outage_id(struct outage *outage, int64_t now_ms);

/* The oldest events as works of a batch, NULL when it is not time to try. outage_settle takes
 * them back. */
struct work *outage_replay(struct outage *outage, int64_t now_ms);
/* Drops from the spool what is in the store now. */
void outage_settle(struct outage *outage, const struct work *list);

#endif
