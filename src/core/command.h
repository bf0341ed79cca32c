/* core/command.h - reads what an operator wrote: a mark, a command, or words for a customer.
 *
 * A mark is consonant, digit 2 to 9, consonant in any case at the start, followed by a space,
 * punctuation or the end. A command is one word alone (after the mark, if any); a text that only
 * begins like a command is words.
 * Pure. Threads: any.
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include <stdbool.h>

#include "base/span.h"
#include "model/plan.h"

enum command {
    COMMAND_NONE, /* words */
    COMMAND_OK,   /* ok, ack: takes what waits */
    COMMAND_OK_ALL,
    COMMAND_NEXT,     /* passes it on */
    COMMAND_RESERVED, /* the carrier's own: stop, start, help and their like */
    COMMAND_UNKNOWN,  /* a command word that is not served */
    COMMANDS
};

struct command_text {
    bool has_tag;
    char tag[TAG_SIZE]; /* in capitals */
    enum command command;
    struct span words; /* what is left, trimmed */
};

struct command_text command_read(struct span text);

/* True for a mark as it is written into texts: capitals. */
bool command_is_tag(struct span text);

#endif
