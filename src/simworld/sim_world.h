/* simworld/sim_world.h - the world of the pretend carrier: all accounts, phones, texts and legs.
 *
 * Nothing is forgotten before the world closes, so pointers to phones, texts and legs stay
 * good; each list has a cap.
 * Owns: all of it.
 * Threads: loop thread only.
 */
#ifndef SIMWORLD_SIM_WORLD_H
#define SIMWORLD_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/dice.h"
#include "base/err.h"
#include "net/http_client.h"
#include "simhook/sim_jars.h"
#include "simworld/sim_agenda.h"
#include "simworld/sim_fault.h"
#include "simworld/sim_notice.h"
#include "simworld/sim_noun_leg.h"

enum {
    SIM_ACCOUNTS_MAX = 1000,
    SIM_OFFICE_ROWS_MAX = 100000, /* keys, numbers, applications ever made */
    SIM_PHONES_MAX = 20000,
    SIM_TEXTS_MAX = 200000,
    SIM_LEGS_MAX = 50000,
    SIM_OPT_OUTS_MAX = 10000,
    SIM_NOTES_MAX = 40000, /* kept of the timeline */
    SIM_WARNINGS_MAX = 1000,
};

struct sim_world;
struct sim_verb;
struct sim_request;
struct sim_held;
struct sim_conference;
struct sim_queue;
struct sim_service;
struct sim_cache;
struct sim_stream_hub;

/* A text that a call sends. */
struct sim_sms {
    struct span from, to, body;
    const char *callback;     /* NULL: none */
    char sid[LIMIT_SID_SIZE]; /* out: what it became */
};

/* A text has come to a phone, which may answer. */
typedef void sim_read_text_fn(struct sim_text *text);
/* False when it cannot be sent. */
typedef bool sim_send_text_fn(struct sim_world *world, struct sim_account *account,
                              struct sim_sms *sms);

struct sim_opt_out {
    char number[LIMIT_PARTY_SIZE], phone[LIMIT_PARTY_SIZE];
};

struct sim_note_entry {
    int64_t number;
    char *json;
};

struct sim_world {
    struct clock *clock;
    struct sim_agenda *agenda;
    struct http_client *client;
    struct arena *arena; /* what setups brought */
    struct dice dice;
    uint64_t seed;
    uint32_t sid_count;
    char base[64];      /* our own address, "http://127.0.0.1:8080" */
    int call_rate;      /* calls a second of an account */
    bool drops_at_join; /* of several numbers in one Dial: the losers ring until the join */
    bool quiet_end;     /* a caller's hang-up during Dial asks for no action */
    bool trial;         /* texts to phones begin with the words of a trial account */
    int64_t early_delete_status; /* of the refusal 20009; 0: 409 */
    bool redact;                 /* the REST API shows no bodies */
    struct sim_text_rules text_rules;
    bool quiet;
    int64_t stirred_ns; /* real time of the last HTTP traffic */
    const struct sim_verb *verbs;
    sim_send_text_fn *send_text;    /* NULL: calls send no texts */
    sim_read_text_fn *read_text;    /* NULL: phones answer no texts */
    struct sim_request *requests;   /* webhooks under way, sim_webhook's */
    struct sim_jars pairs;          /* cookies of numbers that text each other */
    char ca_file[256];              /* of the authorities that webhooks believe; "": the system's */
    struct sim_request *queued;     /* those that wait for their turn, in lockstep */
    bool lockstep;                  /* one thing after the other: sim/sim_lockstep */
    struct sim_held *held;          /* REST answers kept back, sim_held's */
    struct sim_stream_hub *streams; /* pages that listen, sim_stream's */
    size_t held_count;
    struct sim_conference *conferences; /* newest first; sim_conference's, in the world's arena */
    struct sim_queue *queues;           /* newest first; sim_queue's, in the world's arena */
    struct sim_service *services;       /* newest first; sim_service's, in the world's arena */
    size_t service_count, sender_count, customer_count;
    size_t conference_count, queue_count;
    struct sim_cache *cache;          /* what servers answered to GET */
    struct sim_recording *recordings; /* newest first; in their legs' arenas */
    uint32_t recording_count;
    struct sim_recording *transcripts; /* those with a transcription, newest first */

    struct sim_account accounts[SIM_ACCOUNTS_MAX];
    size_t account_count;
    size_t office_rows; /* ever made by sim_office */
    struct sim_phone **phones;
    size_t phone_count, phone_room;
    struct sim_text **texts;
    size_t text_count, text_room;
    struct sim_leg **legs;
    size_t leg_count, leg_room;
    struct sim_media **media;
    size_t media_count, media_room;
    struct sim_faults faults;
    struct sim_opt_out *opt_outs;
    size_t opt_out_count, opt_out_room;

    struct sim_note_entry notes[SIM_NOTES_MAX]; /* a ring, by number */
    int64_t note_count;                         /* ever made */
    struct sim_note_entry warnings[SIM_WARNINGS_MAX];
    int64_t warning_count;
    struct sim_notices notices;
    struct arena *note_arena;
};

/* `clock` and `client` stay the caller's. */
struct sim_world *sim_world_open(struct clock *clock, struct http_client *client, uint64_t seed);
void sim_world_close(struct sim_world **world);
int64_t sim_world_now(const struct sim_world *world);

/* Writes `prefix`, 24 random and 8 counted hex digits: as the carrier's, never repeated. */
void sim_world_sid(struct sim_world *world, const char prefix[2], uint32_t index,
                   char out[LIMIT_SID_SIZE]);
/* A fresh UUID in text. */
void sim_world_uuid(struct sim_world *world, char out[37]);

/* NULL when there is none. */
struct sim_account *sim_world_account(struct sim_world *world, struct span sid);
struct sim_number *sim_world_number(const struct sim_account *account, struct span number);
struct sim_phone *sim_world_phone(struct sim_world *world, struct span number);
struct sim_text *sim_world_text(struct sim_world *world, struct span sid);
struct sim_leg *sim_world_leg(struct sim_world *world, struct span sid);
/* By its SID, or by its key. */
struct sim_media *sim_world_media(struct sim_world *world, struct span name);
/* New, empty, with a SID, in the list; lives as long as `leg`. */
struct sim_recording *sim_world_recording_made(struct sim_leg *leg);
/* The active account that has `number` (or is called at a sip: address of that user part), and the
 * number itself. */
struct sim_account *sim_world_owner(struct sim_world *world, struct span number,
                                    struct sim_number **out_number);

/* The phone of that number, made now (one that lets it ring) when there is none; NULL when
 * there are too many, or the number is too long. */
struct sim_phone *sim_world_phone_made(struct sim_world *world, struct span number);
/* New, empty, with a SID, in the lists; NULL when there are too many. */
struct sim_text *sim_world_text_made(struct sim_world *world, const char prefix[2]);
struct sim_leg *sim_world_leg_made(struct sim_world *world);
/* Gives `media`, which is part of a text, its SID and key and lists it. */
void sim_world_media_add(struct sim_world *world, struct sim_media *media);

bool sim_world_opted_out(const struct sim_world *world, const char *number, const char *phone);
void sim_world_opt(struct sim_world *world, const char *number, const char *phone, bool out);

const char *sim_call_state_name(enum sim_call_state state);
const char *sim_text_state_name(enum sim_text_state state);
const char *sim_direction_name(enum sim_direction direction);
const char *sim_manner_name(enum sim_manner manner);
/* Copies text that fits, cut otherwise. */
void sim_world_copy(char *out, size_t room, struct span text);

#endif
