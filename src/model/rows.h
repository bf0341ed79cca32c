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
    int64_t closes_ms;      /* of the timer that closes it; 0 without */
    /* The customer's latest text, and how many came in the minute that began at burst_ms: by
     * these repeats and floods are known. */
    int64_t heard_ms, heard_print;
    int64_t burst_ms;
    int32_t burst;
};

enum relay_kind {
    RELAY_TEXT,
    RELAY_MISSED_CALL,
    RELAY_VOICEMAIL,
    RELAY_JOB, /* something went wrong with a job */
    RELAY_KINDS
};
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
    CASCADE_ASKED,     /* an unknown caller is to press a key before anybody is rung */
    CASCADE_MENU,      /* an operator's own call: he chooses, or is served */
    CASCADE_OVER,      /* ended */
    CASCADE_STATES
};
enum outcome {
    OUTCOME_NONE,
    OUTCOME_ANSWERED,  /* accepted and ended */
    OUTCOME_VOICEMAIL, /* left a recording */
    OUTCOME_MISSED,    /* reached the end and left none */
    OUTCOME_ABANDONED, /* hung up before anybody accepted */
    OUTCOME_REFUSED,   /* not let in, by rule */
    OUTCOME_MENU,      /* an operator's own call that rang nobody */
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
    uint8_t attempt; /* index of the rung that rings or rang last; the first of those together */
    uint16_t ring_s; /* its ring seconds as cut to the cap */
    uint8_t round;   /* grows when the rest of those together is rung once more */
    int64_t rang_ms; /* since when it rings */
    int64_t started_ms, due_ms /* hard end; 0 without */, accepted_ms, ended_ms;
    int64_t waits_ms; /* since when he waits, who had to press a key; 0: since started_ms */
    char accepted_by[LIMIT_SLUG_SIZE];
    char leg_sid[LIMIT_SID_SIZE]; /* the accepted leg */
    struct plan *plan;
    struct span recording; /* the carrier's address of the voicemail */
    int32_t recording_s;   /* 0: unknown, or none */
    int64_t relay;         /* the missed-call relay, 0 without */
    /* Of a step that overlaps, or of a talk by conference (call/overlap.h). */
    int64_t turn_ms;  /* the caller's latest turn in this step, or since the accept; 0: none */
    int64_t added_ms; /* when its latest phone was added */
    int64_t watch_ms; /* instant of its TIMER_OVERLAP; 0: none */
    bool conference;  /* whoever accepted waits for the caller in a conference */
    struct span transcript; /* the voicemail's words; empty without */
    bool shows_line; /* phones show the line's number: the carrier refuses the caller's, or the
                        call might go round */
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
    MESSAGE_INBOUND,   /* from a customer */
    MESSAGE_COMMAND,   /* from an operator */
    MESSAGE_FORWARD,   /* a customer's text to whoever holds the step */
    MESSAGE_REPLY,     /* an operator's words to the customer */
    MESSAGE_PREALERT,  /* to the operator being rung */
    MESSAGE_NOTICE,    /* what operators should know: taken, passed on, exhausted, not sent */
    MESSAGE_CUSTOMER,  /* our own words to a customer: missed call, nobody on duty */
    MESSAGE_SPOKEN,    /* a forward that was not delivered, read out by a call */
    MESSAGE_HELD,      /* inbound, and held back: it goes to nobody */
    MESSAGE_CALL_BACK, /* a call to an operator, who is then connected to the customer */
    MESSAGE_JOB,       /* to somebody named on a job, about it */
    MESSAGE_CREW,      /* from a crew member */
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
    struct span media; /* the carrier's addresses, one a line; empty without */
    int64_t at_ms;
    bool late;      /* found in the carrier's log, not brought by a webhook */
    bool duplicate; /* sent again while unsure: it may arrive twice */
    bool binds;     /* `sid` is new since the row was loaded */
};

enum outbox_kind {
    OUTBOX_TEXT,
    OUTBOX_CALL,   /* reads `body` out; or rings rung `rung` of `cascade`, and `body` is the
                      tenant's slug, for its addresses */
    OUTBOX_UPDATE, /* of call `to`: ends it; or, with `rung`, has it ask for its document: at the
                      address of that attempt, for the job in `body` */
    OUTBOX_ERASE,  /* the recording or the medium at address `body`, or the text of that id */
    OUTBOX_KINDS
};
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
    struct span body;           /* of a text; of a call what is read out */
    struct span media;          /* our addresses of what goes with a text, one a line; of a call the
                                   carrier's code of the language it is read out in: "de-DE" */
    int64_t cascade;            /* a pre-alert's call: void once that is over; 0 without */
    int64_t due_ms, expires_ms; /* not before; pointless after (0: never). An unsure row is
                                   looked for at the carrier from due_ms on */
    int32_t fence, attempt;     /* fence grows with each claim */
    int64_t sent_ms, unsure_ms; /* its latest request left; its answer was lost since */
    bool again;                 /* while nothing is known of it, it is sent again */
    bool gone;                  /* settled: to be deleted */
    bool has_rung;              /* `rung` is one of the plan of `cascade`, or an attempt of it */
    uint8_t rung;
    int32_t node;        /* who sends it, while it is being sent: */
    int64_t incarnation; /* 0: nobody who could be told from another */
};

/* An operator's mark for a thread. */
struct tag {
    int32_t tenant;
    char operator_id[LIMIT_SLUG_SIZE];
    char tag[TAG_SIZE];
    int64_t thread;
    int64_t sent_ms;              /* the last text to him about it */
    char line[LIMIT_NUMBER_SIZE]; /* the line by which he is told of it */
};

/* What an operator said of himself, and how far his number is trusted. */
enum duty_state {
    DUTY_HOURS, /* as his hours say */
    DUTY_ON,
    DUTY_OFF,
    DUTY_AWAY,
    DUTY_STATES
};
struct duty {
    int32_t tenant;
    char operator_id[LIMIT_SLUG_SIZE];
    enum duty_state state;
    int64_t since_ms, until_ms; /* 0: until he says otherwise */
    int32_t wrong_tags;         /* in a row, the first of them at wrong_ms */
    int64_t wrong_ms;
    int64_t locked_ms;    /* his texts act no more until then; 0: they act */
    int64_t shift_ms;     /* beginning of the latest shift that he was told of */
    int64_t shift_id;     /* of it; 0: confirmed */
    int64_t shift_due_ms; /* to be confirmed before; 0: it was, or that time is over */
};

/* What a person told the carrier with STOP or START. */
struct consent {
    int32_t tenant;
    char line[LIMIT_NUMBER_SIZE];
    char person[LIMIT_PARTY_SIZE];
    bool is_out;
    int64_t at_ms;
};

/* What kind of connection a number is: a landline takes no texts. */
enum line_type {
    LINE_TYPE_UNKNOWN,
    LINE_TYPE_MOBILE,
    LINE_TYPE_LANDLINE,
    LINE_TYPE_VOIP,
    LINE_TYPE_OTHER,
    LINE_TYPES
};

/* What is known of a number: by the carrier's word, by a lookup, or as it refused our texts. */
struct party {
    int32_t tenant;
    char number[LIMIT_NUMBER_SIZE];
    char name[LIMIT_NAME_SIZE]; /* empty: none is known */
    enum line_type line_type;
    int64_t name_ms, line_type_ms; /* since when that is known, or known to be unknown */
    int64_t again_ms;              /* no lookup before: one is under way, or has failed */
    bool ask_name, ask_line_type;  /* what this batch asks for; not kept */
};

enum question_kind {
    QUESTION_WHICH,   /* the customer of a text without a mark */
    QUESTION_TAKE,    /* which of those that wait an "ok" takes */
    QUESTION_COMMAND, /* a bare command word: 1 it is one, 2 send it */
    QUESTION_CONFIRM, /* a command that acts when the fresh mark comes back */
    QUESTION_KINDS
};
enum { QUESTION_CHOICES = 9 };

/* What an operator was asked, and the text that waits for his answer: at most one each. */
struct question {
    int32_t tenant;
    char operator_id[LIMIT_SLUG_SIZE];
    enum question_kind kind;
    char line[LIMIT_NUMBER_SIZE]; /* at which he wrote */
    int64_t message;              /* the text that waits; the timer's subject */
    int64_t due_ms;
    char tag[TAG_SIZE]; /* the fresh mark of QUESTION_CONFIRM */
    struct span body, media;
    int64_t threads[QUESTION_CHOICES]; /* the choices: 1 is the first */
    uint8_t thread_count;
    bool gone;
};

/* Of what has left in a day, so many more: of a tenant's "texts" or "calls", or texts to a
 * number. */
struct spent {
    int32_t tenant, day; /* of the business's own calendar */
    char what[LIMIT_PARTY_SIZE];
    int32_t count;
};

enum timer_kind {
    TIMER_RELAY,
    TIMER_CASCADE,
    TIMER_QUESTION,
    TIMER_THREAD,
    TIMER_OVERLAP,
    TIMER_RECORDING, /* it has been kept long enough */
    TIMER_JOB,       /* it was to be claimed, or to be moved on */
    TIMER_GAPS,      /* of the tenant: once an hour, whether somebody will be on duty */
    TIMER_SHIFT,     /* of the tenant: somebody's shift begins */
    TIMER_CONFIRM,   /* of a shift: it was to be confirmed */
    TIMER_FORGET,    /* of a message: the carrier is to delete it */
    TIMER_KINDS
};

struct timer {
    int64_t due_ms;
    int32_t tenant;
    enum timer_kind kind;
    int64_t
        subject; /* id of the relay, cascade (overlap too), thread or job; a question's message */
    bool gone;   /* to be deleted */
};

enum link_purpose {
    LINK_ACKNOWLEDGE, /* of a relay */
    LINK_CALL,        /* of a cascade */
    LINK_RECORDING,   /* of a cascade */
    LINK_MEDIA,       /* of a message: shows its photos */
    LINK_WORDS,       /* of a message: shows all of it */
    LINK_TEXT,        /* of a message: an operator's text that did not act, and now does */
    LINK_JOB,         /* of a job, for one of its crew: operator_id is his phone */
    LINK_SHIFT,       /* of an operator's shift: confirms it */
    LINK_PURPOSES
};

/* A magic link: only the hash of its secret is kept. */
struct link {
    uint8_t hash[LINK_HASH_BYTES];
    int32_t tenant;
    enum link_purpose purpose;
    int64_t subject; /* relay, cascade, message or job */
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
const char *duty_state_name(enum duty_state v);
bool duty_state_parse(struct span text, enum duty_state *out);
const char *line_type_name(enum line_type v);
bool line_type_parse(struct span text, enum line_type *out);
const char *question_kind_name(enum question_kind v);
bool question_kind_parse(struct span text, enum question_kind *out);
const char *timer_kind_name(enum timer_kind v);
bool timer_kind_parse(struct span text, enum timer_kind *out);
const char *link_purpose_name(enum link_purpose v);
bool link_purpose_parse(struct span text, enum link_purpose *out);

#endif
