/* model/event.h - what happens: one flat struct for whatever the outside or a clock brings.
 *
 * A stage of the engine fills the fields its kind names and leaves the rest zero; the decision
 * reads them. Spans belong to whoever brought the event and live until it is answered.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/job.h"
#include "model/rows.h"
#include "model/script.h"

enum event_kind {
    EVENT_CALL,        /* a call to a line, or the result of its last dial: sid from to attempt
                          call_status dial_status job name */
    EVENT_SCREEN,      /* a leg was picked up and asks for its words: cascade attempt leg_sid */
    EVENT_PRESS,       /* ... and pressed a key: the same and digits */
    EVENT_RECORDED,    /* the caller has spoken: cascade recording seconds (-1: unknown) */
    EVENT_CALL_STATUS, /* sid call_status sequence; cascade and attempt for a leg */
    EVENT_TEXT,        /* sid from to body media job */
    EVENT_RECEIPT,     /* message sid delivery error_code */
    EVENT_SENT,        /* what became of an outbox row: message sent sid error_code fence at_ms */
    EVENT_TIMER,       /* timer */
    EVENT_LINK,        /* somebody pressed the button on a link's page: link action */
    EVENT_ACK,         /* the API acknowledges: relay operator origin by */
    EVENT_REPLY,       /* the API replies: thread or tag, operator body origin by */
    EVENT_STRAY,       /* signed, but for a number on no roster: sid from to; body for a text */
    EVENT_HEARD,       /* the person to whom a text is read out pressed a key, or none: message
                          sid digits */
    EVENT_LOOKED,      /* the carrier's list was searched for an unsure row: message fence looked
                          found */
    EVENT_LATE_CALL,   /* a call in the carrier's log that we were never told of: sid from to
                          at_ms seconds (with the fallback) */
    EVENT_WAKE,        /* the roster changed: who comes on next may be somebody else */
    EVENT_CALL_BACK, /* the API: the operator shall call the customer: thread operator origin by */
    EVENT_CALLED,    /* a call back's dial of the customer ended: message sid dial_status
                        seconds */
    EVENT_CHOICE,    /* the caller pressed a key while we still try: cascade digits */
    EVENT_TRANSCRIBED, /* the carrier has written down a voicemail, or could not: cascade body */
    EVENT_LOOKUP,      /* the carrier was asked about a number: from name line_type failed */
    EVENT_KEY,         /* the caller's key before anybody is rung, or none: sid from to cascade
                          attempt round digits */
    EVENT_JOB,         /* somebody moves or edits a job: job job_cause job_way by to body (a note)
                          version drafts (one, or none: what changes) */
    EVENT_JOB_IMPORT,  /* jobs are made: drafts draft_count import job_way by; once_key, once_print:
                          of a request that may come again */
    EVENT_PASS,        /* the API passes it on: relay operator is_own origin by */
    EVENT_CLOSE,       /* the API closes a thread: thread operator origin by */
    EVENT_REOPEN,      /* ... or opens it again: thread operator is_own origin by */
    EVENT_USER,        /* of who signs in to the pages, and of tokens: user_note user body (words
                          for the log); USER_NOTE_CODE: operator digits (the code) */
    EVENT_ALARM,  /* an alarm goes, or has gone, its way: message (the alarm's event) by (the way)
                     failed; to people: body (all of it, in English) name (its kind) from (whose it
                     is) speech (its detail) to (the pages' address) round (how many more like it);
                     one of the host's is raised: name (its kind) body, no message */
    EVENT_CANARY, /* a text from a line to another one of ours is due: from to until_ms */
    EVENT_LINE,   /* of a line in report-only mode: from line_note at_ms (since) until_ms by; STILL:
                     round (which of its alarms) */
    EVENT_DUTY,   /* the API sets an operator's duty: operator duty until_ms is_own origin by */
    EVENT_KINDS
};

/* How long a code holds. */
enum { USER_NOTE_CODE_MS = 5 * 60 * 1000 };

enum user_note {
    USER_NOTE_SIGNED_IN,
    USER_NOTE_SIGNED_OUT,
    USER_NOTE_LOCKED, /* too many have tried: an alarm */
    USER_NOTE_CODE,   /* a code shall be texted to the operator's own phone */
    USER_NOTE_ADDED,
    USER_NOTE_CHANGED,
    USER_NOTE_REMOVED,
    USER_NOTE_LINK,   /* he was given a set-up link */
    USER_NOTE_SET_UP, /* ... and has used it */
    USER_NOTE_PASSWORD,
    USER_NOTE_TOKEN_ADDED,
    USER_NOTE_TOKEN_REVOKED,
    USER_NOTES
};

enum line_note {
    LINE_NOTE_ON,
    LINE_NOTE_OFF,   /* somebody has ended it */
    LINE_NOTE_STILL, /* it is on: an alarm is due */
    LINE_NOTE_OVER,  /* its time is over */
    LINE_NOTES
};

/* The class of an answer of the carrier to a request of ours. */
enum sent {
    SENT_ACCEPTED, /* 201 with a sid */
    SENT_REFUSED,  /* 4xx: final */
    SENT_RETRY,    /* nothing was sent: 429, connect, TLS */
    SENT_UNSURE,   /* it may have been: time-out, reset, 5xx */
    SENTS
};

enum link_action {
    LINK_TAKE,
    LINK_PASS,
    LINK_RING,  /* calls the customer back; of a job: once_key */
    LINK_MOVE,  /* a job: job_cause, operator_id (to whom it goes), body (a note), once_key */
    LINK_WRITE, /* of a job, to its customer: body, once_key */
    LINK_ACTIONS
};

/* What the carrier itself took a text for. */
enum opt_out { OPT_OUT_NONE, OPT_OUT_STOP, OPT_OUT_START, OPT_OUT_HELP, OPT_OUTS };

/* How a node answered a call's request while its store was not there. */
enum offline {
    OFFLINE_NOT,       /* it was there, or there was nothing to decide */
    OFFLINE_RANG,      /* rung `rung` of `plan`, for ring_s */
    OFFLINE_VOICEMAIL, /* the end of `plan` */
    OFFLINE_CLOSED,    /* nobody stood in `plan` */
    OFFLINE_OVER,      /* it had ended */
    OFFLINE_SCREENED,  /* operator_id picked up and was asked */
    OFFLINE_TAKEN,     /* ... and took it */
    OFFLINE_PASSED,    /* ... and passed it on */
    OFFLINE_REFUSED,   /* ... and came too late */
    OFFLINE_AWAY,      /* the caller was not let in, by rule */
    OFFLINE_NOT_RUNG,  /* let in by rule to speak, and nobody was rung */
    OFFLINE_TEXTED,    /* the caller chose to be texted, and hung up */
    OFFLINE_JOINED,    /* the caller was let to whoever took it */
    OFFLINES
};

enum looked {
    LOOKED_LISTED, /* `found` is all that can be it */
    LOOKED_FAILED, /* the list could not be had */
    LOOKEDS
};

/* One of the carrier's own records that an unsure row may have become, oldest first. */
struct found {
    struct span sid;
    enum delivery delivery;
    int32_t error_code;
};

struct event {
    enum event_kind kind;
    int64_t id;
    int32_t tenant;
    struct span account, sid, from, to, body, media, job;
    struct span forwarded_from; /* EVENT_CALL: whose phone passed it on; empty: nobody's */
    bool is_unproven; /* of the carrier's: its signature was wrong, the line is in report-only mode
                       */
    bool is_forged;   /* EVENT_CALL: the carrier holds From for untrue */
    struct span call_status, dial_status, digits, leg_sid, sequence;
    struct span recording;
    int32_t seconds;
    int attempt;        /* of the URL; -1 without */
    int round;          /* of the URL; 0 without */
    struct span speech; /* EVENT_PRESS: what he said, as the carrier heard it */
    bool is_call;       /* EVENT_STRAY: a call, not a text */
    int64_t cascade, message, relay, thread;
    int64_t begins; /* EVENT_CALL: the id of the cascade that begins with it, if one does; 0: any */
    enum delivery delivery;
    enum sent sent;
    bool is_denied; /* SENT_RETRY: the carrier does not accept our credentials */
    int32_t error_code, fence;
    struct span operator_id, tag;
    enum origin origin;
    struct timer timer;
    uint8_t link[LINK_HASH_BYTES];
    enum link_action action;
    enum opt_out opt_out;
    bool late;      /* EVENT_TEXT: found in the carrier's log, or kept for long */
    int64_t at_ms;  /* late: when it reached the carrier; offline: when it came; EVENT_SENT: when it
                       was claimed, 0: not told */
    bool bridged;   /* EVENT_CALL: the carrier says that the dial's leg was connected */
    bool unbridged; /* EVENT_CALL: it says that none was; neither, when it says nothing */
    bool alone;     /* EVENT_CALL, of the URL: that leg rang alone, whatever its step says */
    bool apart;     /* EVENT_SCREEN, EVENT_PRESS, of the URL: the leg is a call of its own */
    int after;      /* ... and how many of those that ring together stand before him in line */
    bool held; /* EVENT_PRESS, of the URL: he pressed 1, and has let those before him go first */
    enum offline offline;
    struct span plan; /* of the call, when it was answered offline */
    int rung, ring_s; /* ... and OFFLINE_RANG: body, message: of the pre-alert, if one was sent */
    enum looked looked;
    const struct found *found;
    size_t found_count;
    struct span scripts; /* EVENT_CALL: digest of the call scripts in force */
    struct span name;    /* of whoever calls, cleaned; empty: not told */
    enum line_type line_type;
    bool asked_name, asked_line_type; /* EVENT_LOOKUP: what was asked */
    bool failed;                      /* EVENT_LOOKUP: nothing was learned */
    enum job_cause job_cause;         /* JOB_CAUSES: no move, only an edit */
    enum job_way job_way;
    struct span by;  /* who moves a job: an operator's id, a crew member's phone, or words; who
                        acts by a page or a program: his name, or the token's */
    bool is_own;     /* operator_id was not named: it is whoever is signed in */
    int32_t version; /* the job's, as it was seen; 0: whatever it is now */
    enum user_note user_note;
    int64_t user; /* his id, or the token's */
    enum line_note line_note;
    const struct job_draft *drafts;
    size_t draft_count;
    enum job_import import;
    enum duty_state duty; /* EVENT_DUTY */
    int64_t until_ms;     /* EVENT_DUTY: 0: none is named */
    struct span once_key; /* empty: none; of any request of the API's (core/once.h), or a link's */
    int64_t once_print;   /* of what was asked with it */
};

/* What the peer is answered. */
enum answer_kind {
    ANSWER_NOTHING,    /* empty TwiML, or 204 for callbacks */
    ANSWER_RING,       /* Dial: numbers ring_s caller_id, action for attempt + 1 and round */
    ANSWER_SCREEN,     /* Gather with `words`, again with `again`, then hang up */
    ANSWER_HOLD,       /* a leg waits for ring_s, then asks at the address of a key, held */
    ANSWER_CONNECT,    /* an empty document in a leg: bridges */
    ANSWER_WAIT,       /* the caller hears that it rings, then asks at the address of `attempt`:
                          still (said in place of the tone) */
    ANSWER_CONFERENCE, /* `words`, then Dial to the conference of `id`; of the caller (`for_leg`
                          false) with the action for attempt + 1 and round */
    ANSWER_SAY,        /* `words`, then hang up */
    ANSWER_READ,       /* of a message `id`: Gather with `words` once more, then hang up */
    ANSWER_VOICEMAIL,  /* `words`, then Record */
    ANSWER_CALL, /* of a message `id`: Dial to its customer, the first number; caller_id ring_s */
    ANSWER_ASK,  /* of a cascade `id`: Gather with `words`, again with `again`, then the same
                    address without a key; attempt (1: asked for the last time) round */
    ANSWER_HANGUP,
    ANSWER_REJECT,  /* not even answered, and not billed */
    ANSWER_DONE,    /* for people and programs: `words`, `id` */
    ANSWER_REFUSED, /* for people and programs: error, `words` */
    ANSWERS
};

/* One of the phones that ring together. */
struct answer_number {
    struct span number;
    int attempt; /* its rung */
};

struct answer {
    enum answer_kind kind;
    enum err error; /* ANSWER_REFUSED */
    bool is_stale;  /* ERR_CONFLICT: not of the version that was named */
    int64_t id;     /* cascade, message; for ANSWER_DONE what was made or changed */
    int count;      /* ANSWER_DONE of an import: jobs that were made or changed */
    int attempt, ring_s, round;
    bool alone; /* ANSWER_RING: made without the store, one phone at a time */
    struct answer_number numbers[LIMIT_STEP_OPERATORS]; /* ANSWER_RING */
    int number_count;
    struct span still; /* ANSWER_RING: said before, with a choice; empty without */
    bool is_answered;  /* ANSWER_RING: we have spoken to the caller before */
    bool by_speech;    /* ANSWER_SCREEN: anything he says accepts too */
    bool apart;        /* ANSWER_SCREEN: the leg is a call of its own */
    int after;         /* ... ANSWER_HOLD: as in the event */
    bool for_leg;      /* ANSWER_CONFERENCE: with whom the talk ends */
    bool has_choice;   /* ANSWER_WAIT: keys mean what `still` told */
    bool transcribes;  /* ANSWER_VOICEMAIL: the carrier shall write it down */
    struct span caller_id, words, again, job;
    struct span language; /* the carrier's code of what is said, as "de-DE"; empty: English */
    const struct script_use *script; /* the call script around it; NULL: none */
};

const char *event_kind_name(enum event_kind kind);
/* Nothing of the copy is the other's: what its spans show is in the arena. */
void event_copy(struct arena *arena, const struct event *event, struct event *out);
/* Whether the result of a send is of the claim that the row bears now. The fence alone does not
 * tell: where a claim was lost, the next one has it again. */
bool event_is_of_claim(const struct event *event, const struct outbox *row);
/* A call with this status of the carrier's is over, however it ended. */
bool event_is_over(struct span call_status);

#endif
