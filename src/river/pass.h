/* river/pass.h - one pass of the catch-up over one account's log at the carrier.
 *
 * Brings in the inbound texts and the ended inbound calls since the account's mark, less ten
 * minutes, that the store does not know, and moves the mark when all of them are stored. After
 * a thousand rows it pauses, so that others get their turn.
 * Owns: what it has listed.
 * Threads: loop thread only, but for its readings.
 * Source: design section 7, G6.
 */
#ifndef RIVER_PASS_H
#define RIVER_PASS_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/span.h"
#include "river/book.h"
#include "river/sender.h"
#include "river/work.h"

struct pass;

/* For so long an account is one node's: until his next pass, and somewhat longer. */
enum { PASS_MINE_MS = 90000 };

/* What every pass works with; must live as long. */
struct pass_tools {
    const struct clock *clock;
    struct sender *sender;
    const struct intake *intake;
    struct span api;
    const struct book *book; /* in force now */
    bool is_draining;        /* a pass fails at its next step */
};

/* PASS_ANOTHERS: another node looks after the account now. */
enum pass_end { PASS_DONE, PASS_PAUSED, PASS_FAILED, PASS_ANOTHERS };
/* The function may close the pass, and must when it has not paused. `why`: PASS_FAILED alone. */
typedef void pass_end_fn(void *ctx, enum pass_end end, const char *why);

/* `account` must live as long. Nothing happens before pass_begin. */
struct pass *pass_open(const struct pass_tools *tools, const char *account, pass_end_fn *ended,
                       void *ctx);
/* Only when nothing that it has submitted is under way any more. */
void pass_close(struct pass **pass);
void pass_begin(struct pass *pass);
/* After a pause. */
void pass_go_on(struct pass *pass);

#endif
