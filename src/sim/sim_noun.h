/* sim/sim_noun.h - the nouns of the pretend carrier: accounts, numbers, phones, texts, legs.
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
};

struct sim_run;
struct sim_world;
struct sim_leg;

struct sim_key {
    char sid[LIMIT_SID_SIZE], secret[SIM_SECRET_SIZE];
};

/* Addresses are "" when not set; they live in the world's arena. */
struct sim_number {
    char phone_number[LIMIT_NUMBER_SIZE];
    const char *voice_url, *voice_fallback_url, *sms_url, *sms_fallback_url, *status_callback;
};

struct sim_account {
    char sid[LIMIT_SID_SIZE], auth_token[SIM_SECRET_SIZE];
    struct sim_key keys[SIM_KEYS_MAX];
    struct sim_number numbers[SIM_NUMBERS_MAX];
    size_t key_count, number_count;
    int64_t next_call_us; /* virtual time before which no queued call is dialled */
};

/* What a phone does once it is up: one thing after the other. */
enum sim_act { SIM_PRESS, SIM_TALK, SIM_WAIT, SIM_HANG_UP, SIM_ACTS };

struct sim_step {
    enum sim_act act;
    int64_t after_ms; /* TALK: how long, once joined */
    char keys[33];
};

enum sim_manner {
    SIM_IGNORE,
    SIM_ANSWER,
    SIM_VOICEMAIL,
    SIM_BUSY_TONE,
    SIM_DECLINE,
    SIM_OUT_OF_REACH,
    SIM_MANNERS
};

struct sim_behaviour {
    enum sim_manner manner;
    int64_t after_ms, greeting_ms, record_ms;
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
    bool unreachable;                    /* texts come back undelivered, calls fail */
    bool opted_out;                      /* from everybody */
    int text_error;                      /* texts come back with this code; 0: delivered */
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

struct sim_text {
    struct sim_world *world;
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    char from[LIMIT_PARTY_SIZE], to[LIMIT_PARTY_SIZE];
    const char *body, *callback; /* allocated; "" when empty or not set */
    const char *media[SIM_MEDIA_MAX];
    size_t media_count;
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

struct sim_heard {
    struct sim_heard *next;
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
    void (*ended)(struct sim_leg *leg);
};

struct sim_leg {
    struct sim_world *world;
    struct sim_account *account;
    struct sim_leg *parent, *joined_to;
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
    const char *url, *method, *twiml, *fallback_url; /* where its document comes from */
    char cookie[SIM_COOKIE_SIZE];
    struct sim_run *run;
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
};

#endif
