/* model/event.h - what happens: one flat struct for whatever the outside or a clock brings.
 *
 * A stage of the engine fills the fields its kind names and leaves the rest zero; the decision
 * reads them. Spans belong to whoever brought the event and live until it is answered.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "model/rows.h"

enum event_kind {
    EVENT_CALL,        /* a call to a line, or the result of its last dial: sid from to attempt
                          call_status dial_status job */
    EVENT_SCREEN,      /* a leg was picked up and asks for its words: cascade attempt leg_sid */
    EVENT_PRESS,       /* ... and pressed a key: the same and digits */
    EVENT_RECORDED,    /* the caller has spoken: cascade recording seconds */
    EVENT_CALL_STATUS, /* sid call_status sequence; cascade and attempt for a leg */
    EVENT_TEXT,        /* sid from to body media job */
    EVENT_RECEIPT,     /* message sid delivery error_code */
    EVENT_SENT,        /* what became of an outbox row: message sent sid error_code fence */
    EVENT_TIMER,       /* timer */
    EVENT_LINK,        /* somebody pressed the button on a link's page: link action */
    EVENT_ACK,         /* the API acknowledges: relay operator origin */
    EVENT_REPLY,       /* the API replies: thread or tag, operator body origin */
    EVENT_STRAY,       /* signed, but for a number on no roster: sid from to; body for a text */
    EVENT_KINDS
};

/* The class of an answer of the carrier to a request of ours. */
enum sent {
    SENT_ACCEPTED, /* 201 with a sid */
    SENT_REFUSED,  /* 4xx: final */
    SENT_RETRY,    /* nothing was sent: 429, connect, TLS */
    SENT_UNSURE,   /* it may have been: time-out, reset, 5xx */
    SENTS
};

enum link_action { LINK_TAKE, LINK_PASS, LINK_ACTIONS };

struct event {
    enum event_kind kind;
    int64_t id;
    int32_t tenant;
    struct span account, sid, from, to, body, media, job;
    struct span call_status, dial_status, digits, leg_sid, sequence;
    struct span recording;
    int32_t seconds;
    int attempt;  /* of the URL; -1 without */
    bool is_call; /* EVENT_STRAY: a call, not a text */
    int64_t cascade, message, relay, thread;
    enum delivery delivery;
    enum sent sent;
    int32_t error_code, fence;
    struct span operator_id, tag;
    enum origin origin;
    struct timer timer;
    uint8_t link[LINK_HASH_BYTES];
    enum link_action action;
};

/* What the peer is answered. */
enum answer_kind {
    ANSWER_NOTHING,   /* empty TwiML, or 204 for callbacks */
    ANSWER_RING,      /* Dial: to ring_s caller_id, action for attempt + 1 */
    ANSWER_SCREEN,    /* Gather with `words`, again with `again`, then hang up */
    ANSWER_CONNECT,   /* an empty document in a leg: bridges */
    ANSWER_SAY,       /* `words`, then hang up */
    ANSWER_VOICEMAIL, /* `words`, then Record */
    ANSWER_HANGUP,
    ANSWER_DONE,    /* for people and programs: `words`, `id` */
    ANSWER_REFUSED, /* for people and programs: error, `words` */
    ANSWERS
};

struct answer {
    enum answer_kind kind;
    enum err error; /* ANSWER_REFUSED */
    int64_t id;     /* cascade; for ANSWER_DONE what was made or changed */
    int attempt, ring_s;
    struct span to, caller_id, words, again, job;
};

const char *event_kind_name(enum event_kind kind);

#endif
