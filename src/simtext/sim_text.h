/* simtext/sim_text.h - texts on their way out: made, lined up, sent, received or not, told of.
 *
 * A text is queued, leaves its sender's line (at once, unless the number has a rate), is sent
 * 200 ms later and delivered 400 ms after that; it fails when its media cannot be fetched or
 * when it has waited too long. One that goes through a service is accepted first, and its
 * sender chosen 50 ms later; one for later is scheduled.
 * Threads: loop thread only.
 * Source: sections 2.8, 4.4, 5.4, 6 and 7 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_TEXT_H
#define SIMTEXT_SIM_TEXT_H

#include "simtext/sim_media.h"
#include "simtext/sim_service.h"
#include "simworld/sim_webhook.h"
#include "simworld/sim_world.h"

enum {
    SIM_TEXT_CHOSEN_MS = 50,
    SIM_TEXT_SENDING_MS = 100,
    SIM_TEXT_SENT_MS = 200,
    SIM_TEXT_ARRIVES_MS = 600,
    SIM_TEXT_VALIDITY_S = 36000,
};

struct sim_text_draft {
    struct span from, to, body;
    struct sim_media_draft media[SIM_MEDIA_MAX];
    size_t media_count;
    const char *callback;               /* NULL or "": none */
    const char *action, *action_method; /* who is told as well; NULL: nobody */
    enum sim_direction direction;
    bool automatic;              /* the network's own words */
    struct sim_service *service; /* NULL: none */
    struct sim_sender *sender;   /* of a service; NULL: it chooses, or the number `from` sends */
    bool smart;                  /* look-alikes are replaced by what GSM-7 has */
    int64_t valid_ms;            /* 0: as long as can be */
    int64_t send_at_ms;          /* 0: now */
    bool discarded, obfuscated;  /* what the API shows no more once it is settled */
};

/* Sends to a phone; everything is copied. NULL when there are too many texts. */
struct sim_text *sim_text_send(struct sim_world *world, struct sim_account *account,
                               const struct sim_text_draft *draft);
/* One that is in the lists and goes nowhere by itself: one that comes in. */
struct sim_text *sim_text_made(struct sim_world *world, struct sim_account *account,
                               const struct sim_text_draft *draft);
/* False when it is too late. */
bool sim_text_cancel(struct sim_text *text);
/* An entry of the timeline. */
void sim_text_note(const struct sim_text *text, const char *what);

/* Whether the recipient wants no texts from that number, or from that service. */
bool sim_text_is_unwanted(struct sim_world *world, const struct sim_service *service,
                          const struct sim_number *number, const char *to);
/* Whether the account may text it: a trial account only numbers of its caller ids. */
bool sim_text_is_verified(const struct sim_account *account, struct span to);
/* How many segments it would be. */
int sim_text_segments(struct span body, bool smart, size_t media_count);
/* The carrier's words for a code of section 7.2; NULL for 0. */
const char *sim_text_error_words(int code);

#endif
