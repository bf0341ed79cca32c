/* rules/command.h - reads what an operator wrote: a mark, a command, or words for a customer.
 *
 * A mark is consonant, digit 2 to 9, consonant in any case at the start, followed by a space,
 * punctuation or the end. A command is its word alone (after the mark, if any), with what belongs
 * to it; a text that only begins like a command is words.
 * Pure. Threads: any.
 */
#ifndef RULES_COMMAND_H
#define RULES_COMMAND_H

#include <stdbool.h>

#include "base/span.h"
#include "model/plan.h"

enum command {
    COMMAND_NONE,   /* words */
    COMMAND_OK,     /* ok, ack: takes what waits */
    COMMAND_OK_ALL, /* all that waits */
    COMMAND_NEXT,   /* passes it on */
    COMMAND_DONE,   /* closes the thread */
    COMMAND_WHO,    /* who is on duty */
    COMMAND_AWAY,   /* not to be asked, for a time or until he is back */
    COMMAND_BACK,   /* as his hours say, from now on */
    COMMAND_ON,     /* on duty, whatever his hours say */
    COMMAND_OFF,    /* off duty until his next shift */
    COMMAND_SWAP,   /* somebody else takes the rest of his shift */
    COMMAND_MENU,
    COMMAND_RESERVED, /* the carrier's own: stop, start, help and their like */
    COMMANDS
};

/* Until when: "2h", "90 min", "until 7", "until 19:30", "till 7am". */
struct command_time {
    enum { TIME_NONE, TIME_FOR, TIME_UNTIL } kind;
    int minutes;   /* TIME_FOR: how long; TIME_UNTIL: after midnight */
    bool is_vague; /* TIME_UNTIL: of the clock's twelve hours, morning or evening */
};

struct command_text {
    bool has_tag;
    char tag[TAG_SIZE]; /* in capitals */
    enum command command;
    struct command_time time; /* of "away" */
    struct span name;         /* of "swap": whom he names; empty for nobody */
    struct span words;        /* what is left after the mark, trimmed */
};

struct command_text command_read(struct span text);

/* True for a mark as it is written into texts: capitals. */
bool command_is_tag(struct span text);

/* A text of one digit alone, 1 to 9, with stray spaces and punctuation; 0 for any other. */
int command_choice(struct span text);

/* The word by which people call it: "ok", "away". */
const char *command_name(enum command command);

#endif
