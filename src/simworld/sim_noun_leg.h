/* simworld/sim_noun_leg.h - the noun of calls: a leg, between a phone outside and the carrier.
 *
 * Plain data that every file of the folder may read; it is changed by sim_leg and its callers.
 */
#ifndef SIMWORLD_SIM_NOUN_LEG_H
#define SIMWORLD_SIM_NOUN_LEG_H

#include "simhook/sim_jar.h"
#include "simworld/sim_noun.h"

struct sim_run;
struct sim_leg;
struct sim_conference;
struct sim_recording;

enum sim_call_state {
    SIM_QUEUED,
    SIM_INITIATED,
    SIM_RINGING,
    SIM_IN_PROGRESS,
    SIM_COMPLETED,
    SIM_BUSY,
    SIM_NO_ANSWER,
    SIM_FAILED,
    SIM_CANCELED,
    SIM_CALL_STATES
};

/* Events of a call's status callback, as bits. */
enum { SIM_ON_INITIATED = 1, SIM_ON_RINGING = 2, SIM_ON_ANSWERED = 4, SIM_ON_COMPLETED = 8 };

struct sim_callback {
    const char *url, *method; /* url NULL: none */
    unsigned events;
};

/* Whose words stand in a call's transcript. */
enum sim_by { SIM_BY_CARRIER, SIM_BY_PARTY, SIM_BY_KEYS, SIM_BY_OTHER, SIM_BYS };

/* What the party hears, and what it says or presses itself. */
struct sim_heard {
    struct sim_heard *next;
    enum sim_by by;
    int64_t at_ms;
    struct span words;
};

/* Whom a leg tells what happens to it: the carrier's side and the phone's side. Any may be
 * NULL. */
struct sim_leg_side {
    void (*rang)(struct sim_leg *leg);
    void (*answered)(struct sim_leg *leg);
    void (*joined)(struct sim_leg *leg);
    void (*key)(struct sim_leg *leg, char key);
    void (*speech)(struct sim_leg *leg, struct span words, int confidence);
    void (*ended)(struct sim_leg *leg);
};

/* Who picked up: asked of the carrier by machineDetection. */
struct sim_detection {
    const char *mode;             /* "Enable" or "DetectMessageEnd"; NULL: not asked */
    struct sim_callback callback; /* of one that does not keep the document waiting */
    bool async;
    int64_t timeout_ms; /* then it is "unknown"; 0: the usual */
    const char *found;  /* "human", "machine_start", ...; NULL: not yet */
    int64_t took_ms;
};

/* What the network says of a caller; each NULL when it says nothing. */
struct sim_origin {
    const char *forwarded_from, *caller_name, *stir;
    struct sim_place place;
};

/* Somebody who wants to know that a leg ends, before its two sides do. */
struct sim_leg_watch {
    struct sim_leg_watch *next;
    void (*ended)(struct sim_leg *leg, void *ctx);
    void *ctx;
};

/* How something is recorded, and who is told. */
struct sim_recording_plan {
    const char *source, *track; /* as the API names them, static: "RecordVerb", "both" */
    int channels;
    bool trim;
    bool transcript;            /* words are wanted */
    const char *transcribe;     /* who is told of them; NULL: nobody */
    struct sim_callback status; /* events: see sim_recording_events */
};

struct sim_leg {
    struct sim_world *world;
    struct sim_account *account;
    struct sim_leg *parent, *joined_to;
    struct sim_leg *ear; /* who hears what it is told, when nobody holds it; NULL: its own party */
    bool parted;         /* from whom it was joined to, though it goes on */
    struct arena *arena; /* lives as long as the leg */
    char sid[LIMIT_SID_SIZE];
    char from[LIMIT_PARTY_SIZE], to[LIMIT_PARTY_SIZE];
    enum sim_direction direction;
    enum sim_call_state state;
    bool deleted;
    int64_t created_ms, dialled_ms, rang_ms, answered_ms, joined_ms, ended_ms; /* 0: not yet */
    int64_t timeout_ms, limit_ms; /* of ringing; of talking (0: none) */
    struct sim_callback callback;
    int sequence;
    const char *url, *method, *twiml; /* where its document comes from */
    const char *fallback_url, *fallback_method;
    const char *application_sid;  /* that named them; NULL: none */
    struct sim_jar jar;           /* what its server gave it to keep */
    struct sim_run *run, *beside; /* beside: what it hears while it waits */
    struct sim_heard *heard, **heard_end;
    uint64_t timer;                   /* the carrier's */
    const struct sim_leg_side *owner; /* the carrier's side */
    void *owner_ctx;
    struct sim_phone *phone;          /* the party outside the carrier */
    const struct sim_leg_side *party; /* the phone's side */
    struct sim_behaviour plan;
    size_t step;
    uint64_t phone_timer, hang_up_timer;
    int64_t voicemail_ms; /* the caller speaks that long when asked to record */
    char voicemail_key;   /* and ends with this key; 0: hangs up */
    const char *voicemail_words;
    struct sim_origin origin;
    struct sim_detection detection;
    int sip_code;            /* that ended it; 0: what fits the state */
    const char *send_digits; /* dialled by the API: keys sent once it is answered; NULL: none */
    struct sim_leg_watch *watches;
    const struct sim_recording_plan *record; /* of the whole call, once answered; NULL: not */
    struct sim_recording *recorded;          /* by that */
};

enum { SIM_RECORDINGS_MAX = 100000 };

enum sim_recording_state {
    SIM_RECORDING_IN_PROGRESS,
    SIM_RECORDING_PAUSED,
    SIM_RECORDING_STOPPED,
    SIM_RECORDING_COMPLETED,
    SIM_RECORDING_ABSENT,
    SIM_RECORDING_STATES
};

/* What is, or was, recorded of a call or a conference. */
struct sim_recording {
    struct sim_recording *next;        /* older */
    struct sim_leg *leg;               /* of a conference: whose coming began it */
    struct sim_conference *conference; /* NULL: of a call */
    char sid[LIMIT_SID_SIZE], transcription_sid[LIMIT_SID_SIZE];
    struct sim_recording_plan plan;
    enum sim_recording_state state;
    int64_t since_ms, updated_ms;
    int64_t paused_ms, left_out_ms; /* since when it is paused; what pauses cut out so far */
    bool skips;                     /* the pause is cut out */
    int64_t seconds;
    struct sim_recording *next_transcript; /* older */
    int64_t transcript_ms;                 /* when the transcription was asked for; 0: not */
    int64_t transcribed_ms;                /* 0: not yet */
    const char *words; /* said by the caller's script; NULL: nothing to understand */
    bool deleted;
};

#endif
