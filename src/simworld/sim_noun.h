/* simworld/sim_noun.h - the nouns of the pretend carrier: phones, texts, media.
 *
 * Plain data that every file of the folder may read; each kind is changed by the file of its
 * name (sim_text, sim_leg, sim_phone, ...).
 */
#ifndef SIMWORLD_SIM_NOUN_H
#define SIMWORLD_SIM_NOUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"
#include "simhook/sim_params.h"
#include "simworld/sim_noun_account.h"

enum {
    SIM_MEDIA_MAX = 10,
    SIM_STEPS_MAX = 16, /* of a behaviour, and behaviours of a phone */
    SIM_TEXT_CHARACTERS = 1600,
    SIM_TYPE_SIZE = 64, /* of a media type */
    SIM_GREETING_SIZE = 241,
};

struct sim_world;

/* What a phone does once it is up: one thing after the other. */
enum sim_act { SIM_PRESS, SIM_SPEAK, SIM_TALK, SIM_WAIT, SIM_HANG_UP, SIM_ACTS };

struct sim_step {
    enum sim_act act;
    int64_t after_ms; /* TALK: how long, once joined */
    char keys[33];
    const char *words; /* SPEAK */
    int confidence;    /* of the one who understands them, in percent */
};

enum sim_manner {
    SIM_IGNORE,
    SIM_ANSWER,
    SIM_VOICEMAIL,
    SIM_SCREENING, /* the phone itself picks up, asks who calls, and puts through or hangs up */
    SIM_BUSY_TONE,
    SIM_DECLINE,
    SIM_UNAVAILABLE,
    SIM_OUT_OF_REACH,
    SIM_HAND, /* somebody holds it: it rings until he acts */
    SIM_MANNERS
};

struct sim_behaviour {
    enum sim_manner manner;
    int64_t after_ms, greeting_ms, record_ms;
    int64_t hang_up_ms;      /* after the first ring, whatever the state; below 0: not */
    const char *greeting;    /* what a voicemail box or the screening says */
    const char *answered_by; /* what answering machine detection finds; NULL: what fits */
    const char *status;      /* of a refusal: "busy", "no-answer", "failed"; NULL: what fits */
    int sip_code;            /* of a refusal; 0: what fits */
    struct sim_step steps[SIM_STEPS_MAX];
    size_t step_count;
};

struct sim_answer {
    const char *reply; /* NULL: says nothing */
    const char *match; /* waits for a text that holds this; NULL: any */
    int64_t after_ms;
};

/* What whoever holds a phone has set on it. */
struct sim_hand {
    bool held; /* calls come to the hand, whatever the script says */
    bool voicemail, screening;
    bool silent; /* do not disturb: it takes calls, and makes no sound */
    int64_t voicemail_after_ms;
    char greeting[SIM_GREETING_SIZE]; /* of the voicemail box; "": the usual one */
};

struct sim_phone {
    char number[LIMIT_PARTY_SIZE], name[LIMIT_NAME_SIZE];
    char caller_name[LIMIT_NAME_SIZE];   /* as registered; "": none */
    bool unreachable;                    /* texts come back undelivered, calls fail */
    struct sim_place place;              /* in the world's arena */
    const char *stir;                    /* what StirVerstat says of its calls; NULL: nothing */
    char line_type[16];                  /* as lookups tell it; "": by `landline` */
    bool landline;                       /* texts come back undelivered, calls are taken */
    bool opted_out;                      /* from everybody */
    int receipt_error;                   /* texts come back with this code; 0: delivered */
    bool receipt_failed;                 /* as failed, before they are sent */
    bool no_receipt;                     /* texts arrive, and stay sent */
    int64_t text_refused;                /* the API takes no text for it: the code; 0: it does */
    int64_t call_refused;                /* the same of calls */
    const char *lookup;                  /* what lookups tell, an object in JSON; NULL: the usual */
    const struct sim_behaviour *on_call; /* in the world's arena */
    const struct sim_answer *on_text;
    size_t on_call_count, on_text_count; /* up to SIM_STEPS_MAX */
    size_t calls_taken, texts_answered;
    struct sim_hand hand;
};

enum sim_text_state {
    SIM_TEXT_SCHEDULED,
    SIM_TEXT_ACCEPTED,
    SIM_TEXT_QUEUED,
    SIM_TEXT_SENDING,
    SIM_TEXT_SENT,
    SIM_TEXT_DELIVERED,
    SIM_TEXT_UNDELIVERED,
    SIM_TEXT_FAILED,
    SIM_TEXT_CANCELED,
    SIM_TEXT_RECEIVED,
    SIM_TEXT_STATES
};

enum sim_direction {
    SIM_INBOUND,
    SIM_OUTBOUND_API,
    SIM_OUTBOUND_DIAL,
    SIM_OUTBOUND_REPLY,
    SIM_OUTBOUND_CALL, /* a text that a call sends */
    SIM_DIRECTIONS
};

/* Where the carrier's papers leave open what it does with texts. */
struct sim_text_rules {
    bool sending_told;         /* "sending" has a callback as well */
    bool plain_later;          /* what is to be sent later, without a service, goes out at once */
    int64_t queue_full_status; /* of the refusal 21611; 0: 429 */
    int64_t expired_code;      /* of a text that waited too long; 0: 30036 */
    int64_t media_status;      /* of the redirect to a medium; 0: 307 */
};

/* A picture or the like of a text. */
struct sim_media {
    struct sim_text *text;
    char sid[LIMIT_SID_SIZE];
    char key[LIMIT_SID_SIZE]; /* names it at the address that needs no credentials */
    char type[SIM_TYPE_SIZE]; /* "image/jpeg"; "" as long as nothing is fetched */
    const char *url;          /* outbound: where the carrier fetches it; "" inbound. Allocated */
    char *bytes;              /* allocated, or NULL */
    size_t size;
    int status;          /* outbound: of the fetch; 0: no answer */
    struct arena *fetch; /* while it is under way */
    bool deleted;
};

struct sim_text {
    struct sim_world *world;
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    char from[LIMIT_PARTY_SIZE], to[LIMIT_PARTY_SIZE];
    const char *body, *callback;       /* allocated; "" when empty or not set */
    struct sim_media *media;           /* allocated */
    size_t media_count, media_pending; /* pending: still being fetched */
    int segments, error;
    enum sim_text_state state;
    enum sim_direction direction;
    int64_t created_ms, updated_ms, sent_ms, arrived_ms; /* 0: not yet */
    bool deleted;
    bool automatic; /* the network's own answer to STOP and START: not in the REST lists */
    uint64_t timer;
    const struct sim_number *number;    /* inbound: where it came in */
    int documents, replies;             /* inbound: asked for and sent so far */
    struct sim_service *service;        /* that it is sent, or came in, through; NULL: none */
    struct sim_line *line;              /* in which it waits; NULL: in none */
    struct sim_text *behind;            /* the next one there */
    const char *action, *action_method; /* told as well; NULL: nobody. In the world's arena */
    int64_t valid_ms;                   /* in a line */
    bool settled;                       /* nothing more happens to it */
    bool redacted;                      /* the API shows no body */
    bool obfuscated;                    /* nor the whole recipient, once it is settled */
    bool discarded;                     /* nor the body, once it is settled */
    const char *outcome;                /* "confirmed", "unconfirmed"; NULL: no feedback */
    int64_t outcome_ms;
    const char *opt_out; /* "STOP", "START", "HELP": told to the webhook; NULL: not */
};

#endif
