/* sim/sim_noun.h - the nouns of the pretend carrier: accounts, numbers, phones, texts, media.
 *
 * Plain data that every file of the folder may read; each kind is changed by the file of its
 * name (sim_text, sim_leg, sim_phone, ...).
 */
#ifndef SIM_SIM_NOUN_H
#define SIM_SIM_NOUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"

enum {
    SIM_KEYS_MAX = 4,     /* API keys of an account */
    SIM_NUMBERS_MAX = 64, /* of an account */
    SIM_MEDIA_MAX = 10,
    SIM_STEPS_MAX = 16, /* of a behaviour, and behaviours of a phone */
    SIM_SECRET_SIZE = 72,
    SIM_COOKIE_SIZE = 256,
    SIM_TEXT_CHARACTERS = 1600,
    SIM_TYPE_SIZE = 64, /* of a media type */
};

struct sim_world;

struct sim_key {
    char sid[LIMIT_SID_SIZE], secret[SIM_SECRET_SIZE];
};

/* Addresses are "" when not set; they live in the world's arena. */
struct sim_number {
    char phone_number[LIMIT_NUMBER_SIZE];
    const char *voice_url, *voice_fallback_url, *sms_url, *sms_fallback_url, *status_callback;
    bool caller_name; /* callers' names are looked up and sent along */
};

struct sim_account {
    char sid[LIMIT_SID_SIZE], auth_token[SIM_SECRET_SIZE];
    struct sim_key keys[SIM_KEYS_MAX];
    struct sim_number numbers[SIM_NUMBERS_MAX];
    size_t key_count, number_count;
    int64_t call_rate;      /* calls a second; 0: the world's */
    int64_t next_call_us;   /* virtual time before which no queued call is dialled */
    bool any_caller_id;     /* calls may show numbers that are not the account's */
    bool caller_id_refused; /* not even a Dial may: that of whoever calls */
};

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

struct sim_phone {
    char number[LIMIT_PARTY_SIZE], name[LIMIT_NAME_SIZE];
    char caller_name[LIMIT_NAME_SIZE];   /* as registered; "": none */
    bool unreachable;                    /* texts come back undelivered, calls fail */
    char line_type[16];                  /* as lookups tell it; "": by `landline` */
    bool landline;                       /* texts come back undelivered, calls are taken */
    bool opted_out;                      /* from everybody */
    int receipt_error;                   /* texts come back with this code; 0: delivered */
    bool receipt_failed;                 /* as failed, before they are sent */
    const struct sim_behaviour *on_call; /* in the world's arena */
    const struct sim_answer *on_text;
    size_t on_call_count, on_text_count; /* up to SIM_STEPS_MAX */
    size_t calls_taken, texts_answered;
};

enum sim_text_state {
    SIM_TEXT_QUEUED,
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
    SIM_DIRECTIONS
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
    int status; /* outbound: of the fetch; 0: no answer */
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
    const struct sim_number *number; /* inbound: where it came in */
    int documents, replies;          /* inbound: asked for and sent so far */
};

#endif
