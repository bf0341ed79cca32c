/* simworld/sim_noun_account.h - the nouns of an account: keys, numbers, applications, caller ids.
 *
 * Plain data; made and dropped by sim_office. Texts are never NULL ("" when not set) and live
 * in the world's arena, as do the rows: what is deleted is only off its shelf.
 */
#ifndef SIMWORLD_SIM_NOUN_ACCOUNT_H
#define SIMWORLD_SIM_NOUN_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/limits.h"

enum {
    SIM_KEYS_MAX = 1000,    /* API keys of an account */
    SIM_NUMBERS_MAX = 2000, /* of an account */
    SIM_APPLICATIONS_MAX = 1000,
    SIM_CALLER_IDS_MAX = 1000,
    SIM_SECRET_SIZE = 72,
    SIM_FRIENDLY_SIZE = 257, /* names that people give: 64 characters */
};

struct sim_world;
struct sim_account;
struct sim_line_ends;
struct sim_service;
struct sim_text;

/* A list of rows, oldest first. */
struct sim_shelf {
    void **rows; /* allocated */
    size_t count, room;
};

struct sim_key {
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE], secret[SIM_SECRET_SIZE];
    const char *friendly_name;
    bool may_manage; /* a main key: accounts and keys too */
    int64_t created_ms, updated_ms;
};

/* Where a call or a text is asked about. */
struct sim_hooks {
    const char *voice_url, *voice_method, *voice_fallback_url, *voice_fallback_method;
    const char *sms_url, *sms_method, *sms_fallback_url, *sms_fallback_method;
    const char *status_callback, *status_callback_method;
};

/* The texts that wait for a sender's turn, in the order in which they go. */
struct sim_line {
    struct sim_text *first, *last;
    int64_t waiting; /* segments */
    int64_t free_us; /* when the next one may go */
    uint64_t timer;
    /* Of whoever entered last: sim_line's. */
    struct sim_world *world;
    int64_t rate;
    const struct sim_line_ends *ends;
};

struct sim_number {
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    char phone_number[LIMIT_NUMBER_SIZE];
    const char *type; /* "local", "toll free", "mobile" */
    const char *friendly_name;
    struct sim_hooks hooks; /* its own; sim_office_hooks tells those that hold */
    const char *voice_application_sid, *sms_application_sid, *trunk_sid;
    const char *address_sid, *identity_sid, *bundle_sid;
    const char *emergency_status, *emergency_address_sid, *voice_receive_mode;
    const char *registration, *registration_reason; /* for texts, as the carrier words it */
    bool caller_name; /* VoiceCallerIdLookup: callers' names are looked up and sent along */
    bool no_voice, no_sms, no_mms; /* what it cannot do */
    struct sim_service *service;   /* that it sends for; NULL: none */
    struct sim_line line;
    int64_t segments_per_second; /* of texts; 0: as its account says */
    int64_t queue_segments;      /* that may wait; 0: ten hours of its rate */
    int64_t created_ms, updated_ms;
};

struct sim_application {
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    const char *friendly_name;
    struct sim_hooks hooks;
    const char *message_status_callback, *sms_status_callback;
    bool caller_name, public_connect;
    int64_t created_ms, updated_ms;
};

/* A number of somebody else that calls may show. */
struct sim_caller_id {
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE];
    char phone_number[LIMIT_NUMBER_SIZE];
    const char *friendly_name;
    int64_t created_ms, updated_ms;
};

enum sim_standing { SIM_ACTIVE, SIM_SUSPENDED, SIM_CLOSED, SIM_STANDINGS };

struct sim_account {
    struct sim_world *world;
    struct sim_account *owner; /* of a subaccount; NULL: a main one */
    char sid[LIMIT_SID_SIZE], auth_token[SIM_SECRET_SIZE];
    const char *friendly_name; /* NULL or "": its SID */
    enum sim_standing standing;
    bool test;  /* test credentials: nothing is sent, magic numbers decide */
    bool trial; /* its type is Trial */
    int64_t created_ms, updated_ms;
    struct sim_shelf keys, numbers, applications, caller_ids;
    int64_t call_rate;          /* calls a second; 0: the world's */
    int64_t concurrency;        /* requests at once, more are refused; 0: any number */
    int64_t open_requests;      /* being answered */
    int64_t next_call_us;       /* virtual time before which no queued call is dialled */
    bool usual_text_rates;      /* numbers send as fast as their kind does, not at once */
    bool advanced_opt_out;      /* its services tell of keywords: OptOutType */
    const char *text_countries; /* that it may text, "US CA"; NULL or "": any */
    bool any_caller_id;         /* calls may show numbers that are not the account's */
    bool unverified;            /* certificates of webhooks are not looked at */
    bool caller_id_refused;     /* not even a Dial may: that of whoever calls */
};

#endif
