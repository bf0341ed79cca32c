/* calls_world.h - the world of a story of calls: its people, its clock, and the calls as the
 * carrier knows them.
 *
 * Nothing here is asked of the code under test: who rings, talks and hangs up is the story's own
 * record.
 * Owns: nothing; all lives in the arena of the story's store.
 */
#ifndef CALLS_WORLD_H
#define CALLS_WORLD_H

#include "scene.h"

enum { OPERATORS = 5, CALLS = 2, LEGS = 64, AGENDA = 256, QUEUE = 16, STEPS = 4 };

enum leg_state {
    LEG_RINGS,
    LEG_ASKS,   /* picked up or pressed: waits for our answer */
    LEG_GATHER, /* hears our words; a key may come */
    LEG_BRIDGED,
    LEG_JOINED, /* in the conference */
    LEG_ENDED,
};

struct leg {
    struct call *call;
    int rung, who;
    enum leg_state state;
    bool picked;
    bool lost;    /* an answer of ours found him gone, or never left */
    bool apart;   /* a call of its own */
    bool excused; /* we may not know that it rings, or have died meanwhile */
    int turns;    /* prompts that he has heard */
    char sid[LIMIT_SID_SIZE];
};

enum call_state {
    CALL_ASKS,   /* waits for our answer */
    CALL_STILL,  /* hears that we still try */
    CALL_DIALS,  /* phones ring, are asked or talk */
    CALL_WAITS,  /* phones ring apart from it: one turn of its loop */
    CALL_JOINED, /* in the conference */
    CALL_SPEAKS, /* a voicemail */
    CALL_HEARS,  /* our words before the end */
    CALL_ENDED,
};

struct call {
    char sid[8], from[LIMIT_NUMBER_SIZE];
    enum call_state state;
    int turn; /* grows with each document, so that what was planned for an earlier one is void */
    struct answer ring; /* of the latest dial */
    struct leg legs[LEGS];
    int leg_count, first; /* the first leg of the latest dial */
    struct leg *bridged;
    int64_t began_ms, cascade;
    bool waits, hung_up, dropped;
    int failures;
    int inbounds, forwards, ends, missed, given_back; /* what was put on record */
    char last_end[16], forward[LIMIT_SLUG_SIZE];
    enum cascade_state was;
    char taken_by[LIMIT_SLUG_SIZE];
};

enum item_kind {
    ITEM_ARRIVE,
    ITEM_HANG_UP,   /* the caller */
    ITEM_NEXT,      /* the caller's document goes on: the dial begins, or all ends */
    ITEM_CHOOSE,    /* the caller's key while we still try */
    ITEM_SPOKEN,    /* the voicemail ends */
    ITEM_PICK_UP,   /* a leg */
    ITEM_LEG_FAILS, /* a leg is busy or cannot be reached */
    ITEM_KEY,       /* a leg's key, or none */
    ITEM_LEG_OVER,  /* a leg hangs up */
    ITEM_UNHEARD,   /* nobody picks up any more */
    ITEM_SEND,      /* a request of ours reaches the carrier */
    ITEM_TIMEOUT,   /* a leg of its own has rung for its time */
    ITEM_ALONE,     /* somebody has waited alone in a conference */
    ITEM_EVENT,     /* something reaches us; nobody waits for the answer */
    ITEM_ASK,       /* the same, and the caller's side waits */
    ITEM_ASK_LEG,   /* ... or a leg */
};

struct item {
    int64_t at_ms;
    enum item_kind kind;
    struct call *call;
    struct leg *leg;
    int turn;
    struct event *event;
    struct outbox *row;
};

struct world {
    struct scene scene;
    struct roster_operator people[OPERATORS];
    struct chain chain;
    struct line line;
    struct call calls[CALLS];
    int call_count;
    struct item agenda[AGENDA];
    size_t item_count;
    /* The story's ways. */
    bool drops_at_pick_up; /* the carrier ends the other legs then, else when one is bridged */
    bool in_step;          /* all happens at whole seconds */
    bool is_slow;          /* one call a second */
    int loss, repeats;     /* of each hundred callbacks */
    /* The engine. */
    struct item queue[QUEUE];
    size_t queued;
    int64_t flush_ms, up_ms, timer_lag_ms;
    int crash_in;
    bool is_down, is_troubled; /* troubled: a request of ours was lost or refused */
    int64_t next_call_ms;
    uint64_t events, vanished;
    uint64_t tally[OUTCOMES + 1];
};

void calls_world_begin(struct world *w, uint64_t seed);
void calls_world_end(struct world *w);

/* After so long, or at the whole second after that. */
void calls_world_plan(struct world *w, int64_t after_ms, struct item item);
struct cascade *calls_world_cascade(const struct world *w, const struct call *call);
struct event *calls_world_event(struct world *w, const struct call *call, struct event e);

#endif
