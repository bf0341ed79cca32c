/* model/roster.h - one tenant's people, hours, chains and lines, as one read-only version.
 *
 * Everything lives in the arena it was parsed into. References between parts are indexes.
 */
#ifndef MODEL_ROSTER_H
#define MODEL_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/limits.h"
#include "model/zone.h"

/* How an operator takes a call that his phone has answered. */
enum accept {
    ACCEPT_PRESS,  /* key 1 */
    ACCEPT_SPEECH, /* key 1, or anything he says: a voicemail that talks takes calls, too */
    ACCEPT_NONE,   /* by picking up: so does his voicemail */
    ACCEPTS
};
/* Whose number an operator's phone shows when a customer is put through to him. */
enum caller_id {
    CALLER_ID_CUSTOMER,
    CALLER_ID_LINE, /* so that he knows a call of the business; the pre-alert names the customer */
    CALLER_IDS
};
enum prealert { PREALERT_ALWAYS, PREALERT_MISSED, PREALERT_NEVER, PREALERTS };
enum ring_how { RING_STRICT, RING_PARALLEL, RING_OVERLAP, RING_HOWS };

/* Weekly hours in the operator's zone. `to_min` at or below `from_min` means the next day. */
struct hours {
    uint8_t days;      /* bit 0 Monday .. bit 6 Sunday: the day on which the shift begins */
    uint16_t from_min; /* minutes after midnight, 0 to 1439 */
    uint16_t to_min;   /* 1 to 1440 */
};

/* A part of time, its end excluded. Lists of them are sorted and do not touch. */
struct stretch {
    int64_t from_ms, to_ms;
};

/* Who holds a duty that goes round: the next one at each hand-over, by the zone's clocks. */
struct rotation {
    char id[LIMIT_SLUG_SIZE];
    const struct zone *zone;
    uint16_t operators[LIMIT_STEP_OPERATORS]; /* indexes, in their order */
    uint8_t operator_count;                   /* at least 1 */
    int64_t every_ms;                         /* from one hand-over to the next, on the clocks */
    int64_t start_ms; /* what they show when the first takes it; before, it went round as well */
};

/* What somebody decided for some time, whatever hours, vacations and turns say. */
struct roster_override {
    struct stretch when;
    uint16_t operator_index;
    int16_t instead_of; /* whose hours, turns and places he takes over; -1: his own duty */
    bool on;            /* of his own duty */
};

struct roster_operator {
    char id[LIMIT_SLUG_SIZE];
    char name[LIMIT_NAME_SIZE];
    char phone[LIMIT_NUMBER_SIZE];
    const struct zone *zone;
    const struct hours *hours; /* hours_count 0: always on call */
    uint8_t hours_count;
    bool has_calendar; /* on call by its stretches too; without hours, only by them */
    const struct stretch *calendar, *away; /* away: vacations and the like */
    uint16_t calendar_count, away_count;
    uint8_t ring_s; /* his own ring seconds, 0: the step's */
    enum prealert prealert;
    enum accept accept;
    enum caller_id caller_id;
    bool last_resort; /* told when nobody else can be */
    char language[3]; /* "de": of alarms that he is texted; empty: English */
    /* Indexes of the lines by which he is texted, so that customers whom he serves at the same
     * time come by lines of their own; none: by the customer's. */
    uint8_t via_count;
    uint16_t via[LIMIT_VIA];
};

struct step {
    uint16_t operators[LIMIT_STEP_OPERATORS]; /* indexes */
    uint8_t turns[LIMIT_STEP_OPERATORS]; /* 0, or 1 + index of the rotation whose member he is */
    uint8_t operator_count;              /* at least 1 */
    enum ring_how how;
    uint8_t ring_s; /* 5 to 60 */
    int32_t ack_s;  /* 1 to 86400 */
    bool again;     /* a forward of which nothing is known is sent again; else it goes on */
};

struct chain {
    char id[LIMIT_SLUG_SIZE];
    struct step steps[LIMIT_STEPS];
    uint8_t step_count; /* at least 1 */
};

struct line {
    char number[LIMIT_NUMBER_SIZE];
    uint16_t chain;             /* index */
    uint16_t texts_per_second;  /* segments; default by the kind of number */
    bool mms;                   /* may carry photos; default: numbers of country code 1 */
    uint16_t relays_per_minute; /* more begin later; 0: as many as there are */
    struct span help;           /* our answer to HELP; empty: the carrier's own is enough */
};

struct job_route {
    struct span job;                          /* job id as the business writes it, up to 63 bytes */
    uint16_t operators[LIMIT_STEP_OPERATORS]; /* indices, in the order written */
    uint8_t operator_count;                   /* at least 1 */
};

/* How much may leave in a day; 0: without bound. What is urgent goes in any case. */
struct budget_limits {
    int32_t texts_per_day, calls_per_day; /* of the tenant; calls that we make */
    int32_t texts_per_number_per_day;     /* to any one number */
};

/* What a call without a number meets. */
enum anonymous { ANONYMOUS_RING, ANONYMOUS_VOICEMAIL, ANONYMOUS_REFUSE, ANONYMOUSES };
/* What an unknown caller meets who does not press the key that he is asked for. */
enum screening { SCREENING_NONE, SCREENING_VOICEMAIL, SCREENING_REFUSE, SCREENINGS };
struct blocked {
    char number[LIMIT_NUMBER_SIZE];
};

/* What people named on a job are told, in the business's own words. */
struct job_message {
    char language[3];
    int news; /* enum job_news of model/job_template.h */
    struct span words;
};

/* A file or an address from which somebody's times on or off duty come. */
struct calendar_place {
    const char *place;
    uint16_t operator_index;
    bool is_address;
};

/* By which ways alarms reach people (config/roster_alarms.h). */
struct roster_alarms {
    bool is_given;                /* else they go the ways of the host */
    const uint16_t *text, *voice; /* indexes of operators */
    uint16_t text_count, voice_count;
    const char *webhook; /* https://...; NULL: none */
    bool command;        /* the host's */
    const char *const
        *kinds; /* "relay.exhausted"; "relay." of all that begin so; none: every one */
    uint16_t kind_count;
};

struct roster {
    char tenant[LIMIT_SLUG_SIZE];
    char name[LIMIT_NAME_SIZE];
    char region[3];
    char account_sid[LIMIT_SID_SIZE];
    const struct zone *zone;
    const struct blocked *blocked; /* whose calls are refused */
    uint16_t blocked_count;
    enum anonymous anonymous;
    enum screening screening;   /* whether unknown callers must press a key */
    bool operator_menu;         /* an operator's own call is asked what he wants; default true */
    bool still_trying;          /* a caller hears from the second step on that we still try */
    bool tagged_only;           /* an acknowledgement needs the mark */
    uint16_t relays_per_minute; /* of all lines together */
    bool bare_replies;          /* a reply may come without the mark; default true */
    bool looks_up_names;        /* the carrier is asked, and paid, for names of callers */
    bool looks_up_line_types;   /* ... and for what kind of connection they have */
    bool transcribes;           /* voicemails are written down, which the carrier charges */
    struct budget_limits budget;
    uint16_t keep_recordings_days; /* 0: for ever */
    bool shift_texts;              /* who comes on is texted, and confirms it */
    int32_t shift_confirm_s;       /* 60 to 86400 */
    uint16_t wait_s;               /* cap of a caller's total wait: 20 to 300, default 75 */
    const struct line *lines;
    const struct roster_operator *operators;
    const struct chain *chains;     /* the fallback chain is one of them, id "fallback_chain" */
    const struct job_route *routes; /* sorted by job */
    const struct rotation *rotations;
    const struct job_message *messages;
    const struct roster_override *overrides; /* of two at an instant the later one holds */
    uint16_t rotation_count, override_count, message_count;
    uint16_t line_count, operator_count, chain_count, route_count;
    struct roster_alarms alarms;
    const struct calendar_place *calendars;
    uint16_t calendar_count;
    uint64_t calendars_mark; /* changes with what they hold */
    int64_t calendars_ms;    /* around which they were expanded */
    uint8_t digest[32];      /* SHA-256 of the document */
    int64_t version;         /* given by the store, 0 before */
    bool is_suspended;       /* by the host: nobody is on duty */
};

/* NULL or -1 when there is none. */
const struct line *roster_line(const struct roster *roster, struct span number);
int roster_operator_by_phone(const struct roster *roster, struct span phone);
int roster_operator_by_id(const struct roster *roster, struct span id);
/* Whom the roster's job_routing names for `job`. */
const struct job_route *roster_job_route(const struct roster *roster, struct span job);

bool anonymous_parse(struct span text, enum anonymous *out);
bool screening_parse(struct span text, enum screening *out);
const char *accept_name(enum accept accept);
bool accept_parse(struct span text, enum accept *out);
const char *caller_id_name(enum caller_id caller_id);
bool caller_id_parse(struct span text, enum caller_id *out);
const char *prealert_name(enum prealert p);
bool prealert_parse(struct span text, enum prealert *out);
const char *ring_how_name(enum ring_how how);
bool ring_how_parse(struct span text, enum ring_how *out);

#endif
