/* sim/sim_text.h - texts: out to phones with their receipts, in from phones with webhooks.
 *
 * An outbound text is queued, sent 200 ms later and delivered 600 ms after it was made; it
 * fails when its media cannot be fetched. STOP and its like from a phone block the pair until
 * START.
 * Threads: loop thread only.
 * Source: sections 2.7, 2.8, 3.7, 4.4 and 7.1 of the carrier's reference.
 */
#ifndef SIM_SIM_TEXT_H
#define SIM_SIM_TEXT_H

#include "sim/sim_media.h"
#include "sim/sim_webhook.h"
#include "sim/sim_world.h"

enum { SIM_TEXT_SENT_MS = 200, SIM_TEXT_ARRIVES_MS = 600 };

struct sim_text_draft {
    struct span from, to, body;
    struct sim_media_draft media[SIM_MEDIA_MAX];
    size_t media_count;
    const char *callback; /* NULL or "": none */
    enum sim_direction direction;
    bool automatic; /* the network's own words */
};

/* Sends to a phone; everything is copied. NULL when there are too many texts. */
struct sim_text *sim_text_send(struct sim_world *world, struct sim_account *account,
                               const struct sim_text_draft *draft);
/* A phone sends to a number of an account. ERR_NOT_FOUND when no account has the number. */
MUST_USE enum err sim_text_receive(struct sim_world *world, const struct sim_text_draft *draft,
                                   struct sim_text **out);
/* False when it is too late. */
bool sim_text_cancel(struct sim_text *text);

#endif
