/* rules/states.h - the two state machines as tables: a relay's and a cascade's.
 *
 * A cell names the move that a cause makes in a state; every cell is written and a test walks
 * them all. What a move does to rows stands in relay/relay.c and call/cascade.c.
 * Pure. Threads: any.
 * Source: docs/adr/0004-relay-escalation.md; drawn in docs/states.md, printed from here.
 */
#ifndef RULES_STATES_H
#define RULES_STATES_H

#include "model/rows.h"

enum relay_cause {
    RELAY_RAISED,  /* a text, missed call or voicemail came; no relay was open */
    RELAY_JOINED,  /* another one came for the same thread */
    RELAY_LAPSED,  /* the step's clock ran out */
    RELAY_FAILED,  /* nobody of the step can be reached */
    RELAY_PASSED,  /* whoever holds the step passes it on */
    RELAY_ACKED,   /* somebody acknowledges, in time or late */
    RELAY_CAME_ON, /* the instant at which somebody comes on duty */
    RELAY_CAUSES
};

enum relay_move {
    RELAY_BROKEN, /* cannot meet: a bug */
    RELAY_KEEP,   /* changes nothing */
    RELAY_START,  /* tell the first step that is on duty */
    RELAY_SHARE,  /* tell whoever holds the step, without a new clock */
    RELAY_NEXT,   /* tell the next step, or everybody when there is none */
    RELAY_SETTLE, /* it is taken: tell the others */
    RELAY_MOVES
};

enum cascade_cause {
    CASCADE_ARRIVED,   /* the call's request, once more */
    CASCADE_DIALLED,   /* the current rung's dial ended */
    CASCADE_PICKED_UP, /* the current leg asks for its words */
    CASCADE_PRESSED_1, /* the current leg accepts */
    CASCADE_PRESSED_2, /* the current leg passes on */
    CASCADE_STALE,     /* a request of an earlier rung */
    CASCADE_RECORDED,  /* the caller has spoken */
    CASCADE_HUNG_UP,   /* the caller's call ended */
    CASCADE_TIME_UP,   /* the hard end */
    CASCADE_CHOSE_1,   /* the caller would rather leave a message */
    CASCADE_CHOSE_2,   /* the caller would rather be texted */
    CASCADE_UNBRIDGED, /* the dial ended, and no leg of it was ever connected */
    CASCADE_KEYED_1,   /* key 1 at the door: an unknown caller's, or an operator's in his menu */
    CASCADE_KEYED_2,   /* key 2 there */
    CASCADE_NOT_KEYED, /* none of these, when asked for the last time */
    CASCADE_LEFT,      /* the caller hung up before he came to whoever had accepted */
    CASCADE_LEG_GONE,  /* whoever had accepted hung up before the caller came to him */
    CASCADE_LINK_TAKE, /* an operator takes it by his link, which is no accept */
    CASCADE_LINK_PASS, /* whoever is rung passes it on by his link */
    CASCADE_CAUSES
};

enum cascade_move {
    CASCADE_BROKEN,
    CASCADE_REPEAT, /* changes nothing; the document of the stored state */
    CASCADE_RING,   /* ring the next rung, or go to voicemail */
    CASCADE_SCREEN, /* the leg hears who calls */
    CASCADE_TAKE,   /* the one atomic accept */
    CASCADE_PASS,   /* note it and drop the leg */
    CASCADE_REFUSE, /* the leg hears that it is too late */
    CASCADE_KEEP_RECORDING,
    CASCADE_FINISH,  /* over: it was answered, or has been told already */
    CASCADE_ABANDON, /* over, and nobody had accepted: it becomes a missed-call relay */
    CASCADE_LEAVE,   /* to the voicemail now */
    CASCADE_GIVE_UP, /* over: he is texted, and it becomes a missed-call relay */
    CASCADE_OPEN,    /* let in: the first phones ring */
    CASCADE_SERVE,   /* an operator gets the caller who waits, or the customer to be called back */
    CASCADE_SHUT,    /* no key: a message, or refused, as the business wishes */
    CASCADE_GIVE_BACK, /* nobody has it again, and the others of the step ring on */
    CASCADE_KEEP,      /* he is rung once more, or next */
    CASCADE_MOVES
};

enum relay_move states_relay(enum relay_state state, enum relay_cause cause);
enum cascade_move states_cascade(enum cascade_state state, enum cascade_cause cause);

const char *states_relay_cause_name(enum relay_cause cause);
const char *states_relay_move_name(enum relay_move move);
const char *states_cascade_cause_name(enum cascade_cause cause);
const char *states_cascade_move_name(enum cascade_move move);

#endif
