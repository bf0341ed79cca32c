/* model/rows.h - the nouns that are kept: thread, relay, cascade, message, outbox and the rest.
 *
 * Plain data, one struct a table. Ids are base/id.h's; instants UTC milliseconds, 0 for "not
 * yet"; a `tenant` is the store's small number of a tenant, 0 for "on no roster".
 * Spans live in the arena of the facts that hold the row.
 */
#ifndef MODEL_ROWS_H
#define MODEL_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/limits.h"
#include "model/plan.h"

enum { JOB_SIZE = 64, LINK_SECRET_BYTES = 16, LINK_HASH_BYTES = 32 };

/* Everything between one customer and one line. */
struct thread {
    int64_t id;
    int32_t tenant;
    char line[LIMIT_NUMBER_SIZE];
    char customer[LIMIT_PARTY_SIZE]; /* E.164 where it is a number, else as sent */
    char owner[LIMIT_SLUG_SIZE];     /* who acknowledged and has not closed; empty: nobody */
    char job[JOB_SIZE];
    bool closed;
    int64_t relay; /* the latest relay, 0 before */
    int64_t opened_ms, last_ms;
    int64_t closed_text_ms; /* when the customer was last told that nobody is on duty */
};

enum relay_kind { RELAY_TEXT, RELAY_MISSED_CALL, RELAY_VOICEMAIL, RELAY_KINDS };
enum relay_state {
    RELAY_IDLE,      /* nobody on duty: waits for whoever comes on next */
    RELAY_OPEN,      /* with a step, its clock running */
    RELAY_TAKEN,     /* acknowledged */
    RELAY_EXHAUSTED, /* nobody on the chain acknowledged: everybody knows */
    RELAY_STATES
};
enum final_status {
    FINAL_NONE,
    FINAL_DELIVERED,        /* the primary's text was delivered */
    FINAL_BACKUP_TRIGGERED, /* step 2 was reached */
    FINAL_FAILED,           /* exhausted */
    FINAL_ACKED,
    FINAL_STATUSES
};

/* One inbound text, missed call or voicemail going down a chain. */
struct relay {
    int64_t id;
    int32_t tenant;
    int64_t thread;
    enum relay_kind kind;
    enum relay_state state;
    uint8_t step;   /* the step whose clock runs, or ran last */
    int64_t due_ms; /* of its timer; 0 without */
    int64_t raised_ms;
    int64_t message;  /* the message that raised it; 0 for a call */
    int64_t cascade;  /* the call that raised it; 0 for a text */
    struct span body; /* of the first text, or words for a call */
    struct plan *plan;
    char acked_by[LIMIT_SLUG_SIZE];
    int64_t forwarded_to_primary_at, primary_ack_at, forwarded_to_backup_at, acked_at;
    enum final_status final_status;
};

enum cascade_state {
    CASCADE_RINGING,   /* rung `attempt` rings or is screened */
    CASCADE_ACCEPTED,  /* our accept record exists: somebody has the caller */
    CASCADE_VOICEMAIL, /* the end of the chain: the caller may speak */
    CASCADE_CLOSED,    /* nobody was on duty: the closed script plays */
    CASCADE_OVER,      /* ended */
    CASCADE_STATES
};
enum outcome {
    OUTCOME_NONE,
    OUTCOME_ANSWERED,  /* accepted and ended */
    OUTCOME_VOICEMAIL, /* left a recording */
    OUTCOME_MISSED,    /* reached the end and left none */
    OUTCOME_ABANDONED, /* hung up before anybody accepted */
    OUTCOMES
};

/* One inbound call going down a chain; its rungs are the legs. */
struct cascade {
    int64_t id;
    int32_t tenant;
    int64_t thread;
    char account[LIMIT_SID_SIZE];
    char call_sid[LIMIT_SID_SIZE];
    char line[LIMIT_NUMBER_SIZE];
    char caller[LIMIT_PARTY_SIZE];
    char job[JOB_SIZE];
    enum cascade_state state;
    enum outcome outcome;
    uint8_t attempt; /* index of the rung that rings or rang last */
    uint8_t ring_s;  /* its ring seconds as cut to the cap */
    int64_t started_ms, due_ms /* hard end; 0 without */, accepted_ms, ended_ms;
    char accepted_by[LIMIT_SLUG_SIZE];
    char leg_sid[LIMIT_SID_SIZE]; /* the accepted leg */
    struct plan *plan;
    struct span recording; /* the carrier's address of the voicemail */
    int32_t recording_s;
    int64_t relay; /* the missed-call relay, 0 without */
};

enum direction { DIRECTION_IN, DIRECTION_OUT, DIRECTIONS };
enum origin {
    ORIGIN_CUSTOMER,
    ORIGIN_OPERATOR,
    ORIGIN_DASHBOARD,
    ORIGIN_API,
    ORIGIN_SYSTEM,
    ORIGINS
};
enum message_kind {
    MESSAGE_INBOUND,  /* from a customer */
    MESSAGE_COMMAND,  /* from an operator */
    MESSAGE_FORWARD,  /* a customer's text to whoever holds the step */
    MESSAGE_REPLY,    /* an operator's words to the customer */
    MESSAGE_PREALERT, /* to the operator being rung */
    MESSAGE_NOTICE,   /* what operators should know: taken, passed on, exhausted, not sent */
    MESSAGE_CUSTOMER, /* our own words to a customer: missed call, nobody on duty */
    MESSAGE_KINDS
};
/* By rank: a later receipt never goes back. */
enum delivery {
    DELIVERY_NONE, /* inbound */
    DELIVERY_QUEUED,
    DELIVERY_UNSURE,
    DELIVERY_ACCEPTED, /* the carrier has it: queued, accepted, sending */
    DELIVERY_SENT,
    DELIVERY_DELIVERED,
    DELIVERY_UNDELIVERED,
    DELIVERY_FAILED,
    DELIVERY_DROPPED, /* not sent by us: too late, or no longer wanted */
    DELIVERIES
};

struct message {
    int64_t id;
    int32_t tenant;
    int64_t thread, relay, cascade; /* 0 without */
    enum direction direction;
    enum origin origin;
    enum message_kind kind;
    enum delivery delivery;
    int32_t error_code; /* the carrier's, 0 without */
    char sid[LIMIT_SID_SIZE];
    char from[LIMIT_PARTY_SIZE], to[LIMIT_PARTY_SIZE];
    char customer[LIMIT_PARTY_SIZE];
    char operator_id[LIMIT_SLUG_SIZE]; /* who wrote it or is told; empty without */
    char job[JOB_SIZE];
    struct span body;
    struct span media; /* addresses, one a line; empty without */
    int64_t at_ms;
};

enum outbox_kind { OUTBOX_TEXT, OUTBOX_CALL, OUTBOX_KINDS };
enum outbox_class { OUTBOX_URGENT, OUTBOX_NORMAL, OUTBOX_BULK, OUTBOX_CLASSES };
enum outbox_state { OUTBOX_QUEUED, OUTBOX_SENDING, OUTBOX_UNSURE, OUTBOX_STATES };

/* What we must still do at the carrier; gone once that is settled. A text's row has the id of
 * its message. */
struct outbox {
    int64_t id;
    int32_t tenant;
    enum outbox_kind kind;
    enum outbox_class class;
    enum outbox_state state;
    char account[LIMIT_SID_SIZE];
    char from[LIMIT_NUMBER_SIZE]; /* the sender, by which rates are kept */
    char to[LIMIT_PARTY_SIZE];
    struct span body;           /* of a text; of a call what its document needs */
    int64_t cascade;            /* a pre-alert's call: void once that is over; 0 without */
    int64_t due_ms, expires_ms; /* not before; pointless after (0: never) */
    int32_t fence, attempt;     /* fence grows with each claim */
    bool gone;                  /* settled: to be deleted */
};

/* An operator's mark for a thread. */
struct tag {
    int32_t tenant;
    char operator_id[LIMIT_SLUG_SIZE];
    char tag[TAG_SIZE];
    int64_t thread;
    int64_t sent_ms; /* the last text to him about it */
};

enum timer_kind { TIMER_RELAY, TIMER_CASCADE, TIMER_KINDS };

struct timer {
    int64_t due_ms;
    int32_t tenant;
    enum timer_kind kind;
    int64_t subject; /* id of the relay or cascade */
    bool gone;       /* to be deleted */
};

enum link_purpose { LINK_ACKNOWLEDGE, LINK_CALL, LINK_RECORDING, LINK_PURPOSES };

/* A magic link: only the hash of its secret is kept. */
struct link {
    uint8_t hash[LINK_HASH_BYTES];
    int32_t tenant;
    enum link_purpose purpose;
    int64_t subject; /* relay or cascade */
    char operator_id[LIMIT_SLUG_SIZE];
    int64_t expires_ms, used_ms; /* used_ms 0: not yet */
};

/* An append-only row of the log. */
struct event_row {
    int64_t id;
    int32_t tenant;
    const char *kind; /* core's name of it, "relay.raised" */
    int64_t at_ms;
    int64_t thread, subject; /* 0 without */
    char operator_id[LIMIT_SLUG_SIZE];
    struct span detail; /* a few words for people, no message text */
    bool alarm;
};

/* A row of twilio_call_events. */
struct call_event {
    int64_t id;
    int32_t tenant;
    int64_t cascade;
    int64_t at_ms;
    char call_sid[LIMIT_SID_SIZE]; /* the caller's call */
    const char *kind;              /* "inbound", "attempt", "forward", "outcome", "status" */
    char line[LIMIT_NUMBER_SIZE], caller[LIMIT_PARTY_SIZE];
    char operator_id[LIMIT_SLUG_SIZE];
    int16_t attempt; /* -1 without */
    struct span detail;
};

const char *relay_kind_name(enum relay_kind v);
bool relay_kind_parse(struct span text, enum relay_kind *out);
const char *relay_state_name(enum relay_state v);
bool relay_state_parse(struct span text, enum relay_state *out);
const char *final_status_name(enum final_status v); /* "" for none: null until known */
bool final_status_parse(struct span text, enum final_status *out);
const char *cascade_state_name(enum cascade_state v);
bool cascade_state_parse(struct span text, enum cascade_state *out);
const char *outcome_name(enum outcome v);
bool outcome_parse(struct span text, enum outcome *out);
const char *direction_name(enum direction v);
bool direction_parse(struct span text, enum direction *out);
const char *origin_name(enum origin v);
bool origin_parse(struct span text, enum origin *out);
const char *message_kind_name(enum message_kind v);
bool message_kind_parse(struct span text, enum message_kind *out);
const char *delivery_name(enum delivery v);
bool delivery_parse(struct span text, enum delivery *out);
const char *outbox_kind_name(enum outbox_kind v);
bool outbox_kind_parse(struct span text, enum outbox_kind *out);
const char *outbox_class_name(enum outbox_class v);
bool outbox_class_parse(struct span text, enum outbox_class *out);
const char *outbox_state_name(enum outbox_state v);
bool outbox_state_parse(struct span text, enum outbox_state *out);
const char *timer_kind_name(enum timer_kind v);
bool timer_kind_parse(struct span text, enum timer_kind *out);
const char *link_purpose_name(enum link_purpose v);
bool link_purpose_parse(struct span text, enum link_purpose *out);

#endif
