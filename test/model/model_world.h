/* test/model/model_world.h - one story's world: its people, its clock, what is to happen in it, and
 * what was written and received.
 *
 * Nothing here is asked of the code under test: phones and texts are the story's own record.
 * Owns: nothing; all lives in the arena of the story's store.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "scene.h"

enum { OPERATORS = 4, CUSTOMERS = 3, PEOPLE = OPERATORS + CUSTOMERS, LINES = 2 };
enum { CREW = PEOPLE - 1 };
enum {
    TEXTS_MAX = 256,
    EVENTS_MAX = 1024,
    AGENDA_MAX = 512,
    RELAYS_MAX = 96,
    QUEUE_MAX = 8,
    SERIALS = 16
};
enum asked { ASKED_NOTHING, ASKED_WHICH, ASKED_TAKE, ASKED_COMMAND, ASKED_CONFIRM };

/* A text of ours, as the phone shows it for which it is meant. */
struct letter {
    struct letter *next; /* to the same person, the latest first */
    int64_t message, relay;
    enum message_kind kind;
    int person, line;
    int64_t decided_ms, seen_ms; /* 0: not seen (yet) */
    char tag[TAG_SIZE];
    int customer; /* whom the mark is about; -1 */
    enum asked asked;
    int choices[QUESTION_CHOICES], choice_count;
    char confirm[TAG_SIZE];
    char link[CONTEXT_LINK_SIZE];
    bool acts_for_text; /* the link makes a text act that was locked out */
    uint64_t print;     /* of the words without the link */
    struct span words;
    int serials[SERIALS], serial_count; /* the customers' texts whose words it has */
};

/* A text that somebody wrote to one of our lines. */
struct text {
    int serial, person, line;
    int64_t written_ms;
    const struct event *event;
    const struct letter *question; /* the latest one on his phone when he wrote */
    char tag[TAG_SIZE];            /* "" without */
    int digit;                     /* 0 without */
    const char *word;              /* of a command; "" without */
    bool is_committed, is_told;
    bool says_serial; /* its words have a number of their own: */
    int says;         /* ... of the text that had them first */
    bool said_again;  /* by another text */
    int went_to;      /* the customer who got an operator's words; -1 */
};

enum item_kind {
    ITEM_EVENT,  /* something reaches us: event */
    ITEM_RESULT, /* the same, as an answer to a process that may have died */
    ITEM_TAKE,   /* the carrier gets a request: thing is a sending */
    ITEM_SHOW,   /* a phone gets a text: thing is a sending */
    ITEM_LOOK,   /* the carrier's list is searched: thing is a sending */
};

struct item {
    int64_t due_ms;
    enum item_kind kind;
    void *thing;
};

/* A relay as it was after the last event, and when its step truly began. */
struct relay_seen {
    int64_t id;
    struct relay row;
    int64_t step_ms, step_wait_ms; /* began, and how long it must last */
    int64_t open_ms;               /* since when somebody has it */
    bool is_the_offices;           /* taken by program or page */
};

struct world {
    struct scene scene;
    struct roster_operator people[OPERATORS];
    struct chain chains[2];
    struct line lines[LINES];
    struct item agenda[AGENDA_MAX];
    size_t item_count;
    struct text texts[TEXTS_MAX];
    size_t text_count;
    struct event *past[EVENTS_MAX];
    size_t past_count;
    struct letter *letters[PEOPLE]; /* to each, the latest first */
    struct relay_seen seen[RELAYS_MAX];
    size_t seen_count;
    bool out[PEOPLE][LINES];         /* opted out, as far as we were told */
    bool carrier_out[PEOPLE][LINES]; /* ... and at the carrier */
    int64_t closed_text_ms[CUSTOMERS][LINES];
    struct sending *sendings;
    unsigned sids;
    /* The engine. */
    const struct event *queue[QUEUE_MAX];
    size_t queued, batch_size;
    int64_t queue_ms, claim_ms, up_ms, timer_lag_ms;
    bool is_down, is_quiet, hides_bodies;
    bool has_crew; /* the last of the customers is the crew of two jobs; he never says STOP */
    int crash_in;  /* commits until it crashes; 0: it does not */
    unsigned events, crossed;
};

void world_begin(struct world *w, uint64_t seed);
void world_end(struct world *w);

void world_plan(struct world *w, int64_t due_ms, enum item_kind kind, void *thing);
/* Keeps the event (its texts must live as long as the story) so that it can be repeated. */
struct event *world_event(struct world *w, struct event e);

/* People: operators first. */
const char *world_phone(int person);
const char *world_name(int person);
int world_person(const char *phone); /* -1: nobody */
const char *world_line(int line);
int world_line_of(const char *number);
/* Customers by their number in a text; -1. *rest goes on after it. */
int world_customer_in(struct span *rest);

#endif
