/* test/model/model_carrier.h - the pretend carrier: what it takes, what truly reaches a phone, how
 * often, and what it tells us of that, sooner, later, twice or never.
 */
#ifndef MODEL_CARRIER_H
#define MODEL_CARRIER_H

#include "model_world.h"

/* One request of ours, as it left. */
struct sending {
    struct sending *next; /* the latest first */
    int64_t message;
    int32_t fence, look_fence;
    enum outbox_kind kind;
    char from[LIMIT_NUMBER_SIZE], to[LIMIT_NUMBER_SIZE];
    struct span body;
    int64_t sent_ms, unsure_ms;  /* its answer was lost then; 0 */
    int64_t taken_ms, listed_ms; /* 0: the carrier does not have it */
    char sid[LIMIT_SID_SIZE];
    bool answers, is_shown; /* in a list that we were given, alone */
    enum delivery delivery, final;
    int32_t error_code;
    bool final_told; /* its last receipt was given to us, with its own sid */
    struct letter *letter;
};

enum carrier_way {
    CARRIER_SENT,
    CARRIER_REFUSED, /* by us: that person has opted out */
    CARRIER_LOST,    /* the program ends before it leaves */
};

void carrier_send(struct world *w, const struct outbox *o, enum carrier_way way);
struct sending *carrier_last_of(const struct world *w, int64_t message);
/* Something of its own happens: ITEM_TAKE, ITEM_SHOW, ITEM_LOOK. */
void carrier_take(struct world *w, struct sending *s);
void carrier_show(struct world *w, struct sending *s);
void carrier_look(struct world *w, struct sending *s);
/* Somebody wrote: kept at the carrier and told to us, as a rule. */
struct text *carrier_write(struct world *w, int person, int line, struct span body,
                           struct span media);
/* The event by which a text that we do not have comes from the log. */
struct event *carrier_late(struct world *w, const struct text *t);

#endif
