/* river/catchup.h - finds in the carrier's log what no webhook has told us, and brings it in.
 *
 * For each account of the rosters, at the start, when the carrier is back and once a minute: the
 * inbound texts and the ended inbound calls since the account's mark, less ten minutes, are
 * listed; those of a line of ours that was live then (store_line_since) and that the store does
 * not know become events. Whose line it is
 * goes as with webhooks, so the host's account is among them when it may bear a subaccount's
 * number. The mark moves on only after all of them are stored, so that whatever breaks is made
 * good by the next pass. Of several nodes one looks after an account.
 * Owns: its passes.
 * Threads: loop thread only, but for the reading of what is known.
 * Source: design section 7, G6.
 */
#ifndef RIVER_CATCHUP_H
#define RIVER_CATCHUP_H

#include <stdint.h>

#include "river/book.h"
#include "river/pass.h"

struct catchup;

/* `tools->book` is set by catchup_take_book. */
struct catchup *catchup_open(const struct pass_tools *tools);
/* After the sender and the storage thread are closed. */
void catchup_close(struct catchup **catchup);
/* The rosters in force from now on; `book` must live until the next call. */
void catchup_take_book(struct catchup *catchup, const struct book *book);
/* The carrier could not be reached, and now it can: nobody waits for his minute. */
void catchup_hurry(struct catchup *catchup);
/* Starts what is due. Returns when the next pass is; INT64_MAX: when one of those under way
 * ends. */
int64_t catchup_turn(struct catchup *catchup);
/* Starts nothing more; passes under way end at their next step. */
void catchup_drain(struct catchup *catchup);

#endif
