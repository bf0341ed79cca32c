/* model/plan.h - who would be asked, in which order, and why each was taken or left out.
 *
 * Made once, from the roster of the instant at which a call or a text arrives, and stored with
 * it. A rung is one operator's place; rungs of one step stand together. What became of each
 * rung is kept in the rung itself.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/limits.h"

enum reason {
    REASON_ON_DUTY,   /* taken: his hours say so */
    REASON_JOB,       /* taken first: the job is routed to him */
    REASON_OWNER,     /* taken first: the thread is his */
    REASON_OFF_DUTY,  /* left out */
    REASON_AWAY,      /* left out: said so himself */
    REASON_CALLER,    /* left out: he is the one who calls or writes */
    REASON_EARLIER,   /* left out: stands earlier in the plan already */
    REASON_OPTED_OUT, /* left out of texts: the carrier refuses them for him */
    REASON_TURN,      /* taken: the rotation is his */
    REASON_EXTRA,     /* taken: an override puts him on duty */
    REASON_STANDS_IN, /* taken: for somebody with whom he swapped */
    REASON_OVERRIDE,  /* left out: an override takes him off duty */
    REASON_VACATION,  /* left out: a vacation, or his calendar of times off */
    REASON_NOT_TURN,  /* left out: somebody else holds the rotation */
    REASON_SWAPPED,   /* left out: somebody stands in for him */
    REASON_JOB_LOAD,  /* taken first: one of several of the job, fewest open threads first */
    REASONS
};

/* What became of a rung. In a cascade it is the leg, in a relay the forwarded text. */
enum rung_state {
    RUNG_WAITING,
    RUNG_TOLD,    /* ringing, or the text is on its way */
    RUNG_REACHED, /* picked up (and screened), or the text was delivered */
    RUNG_PASSED,  /* said "the next one" */
    RUNG_MISSED,  /* no answer, voicemail, or his time lapsed */
    RUNG_BUSY,
    RUNG_FAILED,   /* could not be reached: refused, undelivered, invalid */
    RUNG_ACCEPTED, /* took it */
    RUNG_STATES
};

enum { TAG_SIZE = 4 }; /* "K7F" and its NUL */

/* What its owner said by link while the call rang; never an accept. */
enum wish {
    WISH_NONE,
    WISH_KEPT,  /* he takes it: when this ends without an accept, he is rung once more */
    WISH_AGAIN, /* the rung by which he is rung once more, or out of his turn */
    WISHES
};

struct rung {
    char operator_id[LIMIT_SLUG_SIZE];
    enum reason reason;
    enum rung_state state;
    uint8_t step;       /* from 0; a job's or owner's own rung is a step of its own */
    uint8_t ring_s;     /* 5 to 60 */
    int32_t ack_s;      /* 1 to 86400 */
    char tag[TAG_SIZE]; /* the thread's mark in this operator's texts; empty before */
    bool overlaps;      /* its step adds one phone after the other; each is a call of its own */
    char leg[LIMIT_SID_SIZE]; /* that call's id while it may live, once it is known */
    enum wish wish;
};

struct plan {
    uint8_t count; /* rungs taken, in order */
    uint8_t out_count;
    struct rung rungs[LIMIT_RUNGS];
    struct rung out[LIMIT_RUNGS]; /* left out, for the record */
};

bool reason_is_taken(enum reason reason);
const char *reason_name(enum reason reason);
/* For people: "on vacation". */
const char *reason_words(enum reason reason);
bool reason_parse(struct span text, enum reason *out);
const char *rung_state_name(enum rung_state state);
bool rung_state_parse(struct span text, enum rung_state *out);

/* One line of text for the store: rungs "operator/step/ring_s/ack_s/reason/state/tag" joined by
 * ';', taken ones first, then '|' and those left out. One that overlaps goes on with
 * "/overlap/leg", one with a wish ends in "/kept" or "/again". */
struct span plan_render(struct arena *arena, const struct plan *plan);
/* ERR_BAD_INPUT when the text is not a plan. */
MUST_USE enum err plan_parse(struct span text, struct plan *out);

/* Index of the operator among the rungs taken, or -1. */
int plan_find(const struct plan *plan, struct span operator_id);

#endif
