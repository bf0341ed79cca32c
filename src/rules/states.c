#include "rules/states.h"

/* clang-format off */
static const enum relay_move relay_moves[RELAY_STATES][RELAY_CAUSES] = {
    /*                     RAISED        JOINED       LAPSED      FAILED      PASSED      ACKED         CAME_ON */
    [RELAY_IDLE]      = {RELAY_START,  RELAY_KEEP,  RELAY_KEEP, RELAY_KEEP, RELAY_KEEP, RELAY_SETTLE, RELAY_START},
    [RELAY_OPEN]      = {RELAY_BROKEN, RELAY_SHARE, RELAY_NEXT, RELAY_NEXT, RELAY_NEXT, RELAY_SETTLE, RELAY_KEEP},
    [RELAY_TAKEN]     = {RELAY_BROKEN, RELAY_KEEP,  RELAY_KEEP, RELAY_KEEP, RELAY_NEXT, RELAY_KEEP,   RELAY_KEEP},
    [RELAY_EXHAUSTED] = {RELAY_BROKEN, RELAY_KEEP,  RELAY_KEEP, RELAY_KEEP, RELAY_KEEP, RELAY_SETTLE, RELAY_KEEP},
};

#define REP CASCADE_REPEAT
#define REF CASCADE_REFUSE
#define REC CASCADE_KEEP_RECORDING
#define FIN CASCADE_FINISH
#define ABA CASCADE_ABANDON
#define SHU CASCADE_SHUT
static const enum cascade_move cascade_moves[CASCADE_STATES][CASCADE_CAUSES] = {
    /*                      ARRIVED DIALLED       PICKED_UP       PRESSED_1     PRESSED_2     STALE RECORDED HUNG_UP TIME_UP CHOSE_1        CHOSE_2          UNBRIDGED     KEYED_1        KEYED_2       NOT_KEYED LEFT LEG_GONE         LINK_TAKE     LINK_PASS */
    [CASCADE_RINGING]   = {REP,    CASCADE_RING, CASCADE_SCREEN, CASCADE_TAKE, CASCADE_PASS, REP,  REC,     ABA,    ABA,    CASCADE_LEAVE, CASCADE_GIVE_UP, CASCADE_RING, REP,           REP,          REP,     ABA, REP, CASCADE_KEEP, CASCADE_PASS},
    [CASCADE_ACCEPTED]  = {REP,    FIN,          REF,            REF,          REF,          REP,  REC,     FIN,    FIN,    REP,           REP,             CASCADE_RING, REP,           REP,          REP,     ABA, CASCADE_GIVE_BACK, REF, REF},
    [CASCADE_VOICEMAIL] = {REP,    REP,          REF,            REF,          REF,          REP,  REC,     FIN,    FIN,    REP,           REP,             REP,          REP,           REP,          REP,     FIN, REP, REF, REF},
    [CASCADE_CLOSED]    = {REP,    REP,          REF,            REF,          REF,          REP,  REC,     FIN,    FIN,    REP,           REP,             REP,          REP,           REP,          REP,     FIN, REP, REF, REF},
    [CASCADE_ASKED]     = {REP,    REP,          REF,            REF,          REF,          REP,  REC,     SHU,    SHU,    REP,           REP,             REP,          CASCADE_OPEN,  SHU,          SHU,     SHU, REP, REF, REF},
    [CASCADE_MENU]      = {REP,    FIN,          REF,            REF,          REF,          REP,  REC,     FIN,    FIN,    REP,           REP,             REP,          CASCADE_SERVE, CASCADE_OPEN, FIN,     FIN, REP, REF, REF},
    [CASCADE_OVER]      = {REP,    REP,          REF,            REF,          REF,          REP,  REC,     REP,    REP,    REP,           REP,             REP,          REP,           REP,          REP,     REP, REP, REF, REF},
};
#undef REP
#undef REF
#undef REC
#undef FIN
#undef ABA
#undef SHU

static const char *const relay_causes[RELAY_CAUSES] = {
    "raised", "joined", "lapsed", "failed", "passed", "acknowledged", "came on"};
static const char *const relay_words[RELAY_MOVES] = {
    "cannot be", "-", "start", "share", "next", "settle"};
static const char *const cascade_causes[CASCADE_CAUSES] = {
    "arrived", "dialled", "picked up", "pressed 1", "pressed 2", "stale", "recorded", "hung up", "time up",
    "chose 1", "chose 2", "unbridged", "keyed 1", "keyed 2", "not keyed",
    "left", "leg gone", "taken by link", "passed by link"};
static const char *const cascade_words[CASCADE_MOVES] = {
    "cannot be", "repeat", "ring", "screen", "take", "pass", "refuse", "keep recording", "finish", "abandon", "leave",
    "give up", "open", "serve", "shut", "give back", "keep"};
/* clang-format on */

enum relay_move states_relay(enum relay_state state, enum relay_cause cause)
{
    return relay_moves[state][cause];
}

enum cascade_move states_cascade(enum cascade_state state, enum cascade_cause cause)
{
    return cascade_moves[state][cause];
}

const char *states_relay_cause_name(enum relay_cause cause)
{
    return relay_causes[cause];
}

const char *states_relay_move_name(enum relay_move move)
{
    return relay_words[move];
}

const char *states_cascade_cause_name(enum cascade_cause cause)
{
    return cascade_causes[cause];
}

const char *states_cascade_move_name(enum cascade_move move)
{
    return cascade_words[move];
}
