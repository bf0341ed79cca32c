/* river/pace.h - how fast each sender may send: token buckets, and who has rows waiting.
 *
 * Tenants whose senders may send are served in turn, by weight: one with a hundred lines has no
 * hundred turns. While somebody else waits for his, nobody sends beyond his own. A line sends as
 * many segments a second as the roster allows, an account starts as many calls as the settings
 * allow; a line may spend what it saved up in five seconds at once, and a long text may leave its
 * bucket in debt. Urgent texts never wait for their turn, but count. Ending and moving calls waits
 * for nothing. Each step takes a time that grows with the logarithm of the number of senders at
 * most. Owns: the buckets and the tenants' turns, until pace_close. Threads: the storage thread
 * only. Source: docs/scale.md.
 */
#ifndef RIVER_PACE_H
#define RIVER_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/rows.h"
#include "store/store.h"

struct pace;

enum { PACE_WEIGHT_MAX = 1000 };

struct pace *pace_open(double call_rate);
void pace_close(struct pace **pace);

/* How fast a line may send, in segments; unknown senders send one a second. */
void pace_set_rate(struct pace *pace, int32_t tenant, const char *from, double per_second);
/* So many nodes send for the same lines and accounts from now on: each takes an equal part of every
 * rate. 1 at the start. */
void pace_share(struct pace *pace, int nodes);
/* A tenant's part beside the others', 1 to PACE_WEIGHT_MAX; 1 unless set. */
void pace_weigh(struct pace *pace, int32_t tenant, int weight);
/* Notes that a sender has queued rows, to be looked at from `at_ms` on. */
void pace_note(struct pace *pace, const struct store_sender *sender, int64_t at_ms);
/* Takes `cost` tokens for one row of this sender; false: not now, or not before others have had
 * their turn (urgent texts always may). */
bool pace_take(struct pace *pace, const struct store_sender *sender, enum outbox_class class,
               int cost, int64_t now_ms);

/* The next sender that has rows to look at now and may send; NULL when there is none. It is
 * taken off the list until noted again. *out_max: how many it may send. */
const struct store_sender *pace_next(struct pace *pace, int64_t now_ms, int *out_max);
/* From here on what is taken, noted and given can be undone; what was before cannot any more. */
void pace_begin(struct pace *pace);
/* Tokens and turns are as they were at pace_begin; every sender that has been given or noted since
 * is looked at again, but not before `again_ms`. */
void pace_undo(struct pace *pace, int64_t again_ms);

/* The instant from which pace_next will give a sender; INT64_MAX without. */
int64_t pace_wake_ms(const struct pace *pace);

#endif
