/* service/helper.h - a small process that runs the commands of the configuration for us.
 *
 * It is forked before the first thread, the credentials and the system-call filter. It knows the
 * commands as they were at its fork, each in a slot with a name, and runs only those: whoever
 * holds the daemon can ask for a slot, not for a program. A command gets bytes on stdin and an
 * environment of PATH, HOME and LANG; no shell reads it, and nothing is added to its arguments.
 * A command is an absolute path and arguments, blanks between; quotes (' or ") hold blanks.
 * Several may run at once. When the daemon ends, however it ends, the helper ends as well.
 * Owns: the process and one descriptor.
 * Errors: of helper_run: ERR_NOT_FOUND no such slot; ERR_FULL the input is too large; ERR_BUSY
 * HELPER_AT_ONCE are running; ERR_DENIED the command cannot be started; ERR_UNSURE it was killed
 * at its deadline; ERR_BROKEN the helper is gone. `why` is a sentence for people, without input or
 * output.
 * Threads: helper_open before there is a second one; helper_run any, but not the loop's while it
 * serves, since it waits (net/worker has a thread for that); helper_close the last.
 * Source: design section 11.
 */
#ifndef SERVICE_HELPER_H
#define SERVICE_HELPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct helper;

enum {
    HELPER_SLOTS = 32,
    HELPER_COMMAND_BYTES = 4096,
    HELPER_ARGUMENTS = 64,
    HELPER_INPUT_BYTES = 64 * 1024,
    HELPER_OUTPUT_BYTES = 64 * 1024,
    HELPER_DEADLINE_MS = 10000,
    HELPER_AT_ONCE = 16,
    HELPER_WHY_SIZE = 256
};

/* One thing that may be run; named after the setting that it comes from. */
struct helper_slot {
    const char *name, *command;
    int deadline_ms; /* 0: HELPER_DEADLINE_MS */
};

struct helper_answer {
    int status;         /* exit status; 128 + the number when a signal ended it */
    struct span output; /* its stdout, ends in a NUL that is not counted; lives in the arena */
    bool is_cut;        /* there was more than HELPER_OUTPUT_BYTES */
};

/* Forks the helper; without slots there is none, and *out becomes NULL. ERR_BAD_INPUT for a
 * command that is none, ERR_FULL for too many slots, ERR_BROKEN when the system refuses; `why`
 * names the slot and the mend. */
MUST_USE enum err helper_open(const struct helper_slot *slots, size_t count, struct helper **out,
                              char why[HELPER_WHY_SIZE]);
/* Lets it end and waits for that; accepts a pointer to NULL. */
void helper_close(struct helper **helper);

bool helper_has(const struct helper *helper, const char *slot);
/* Runs the slot's command with `input` on its stdin and waits for its end: not longer than its
 * deadline and a moment. `helper` may be NULL: no slot is known then. */
MUST_USE enum err helper_run(struct helper *helper, const char *slot, struct span input,
                             struct arena *arena, struct helper_answer *out,
                             char why[HELPER_WHY_SIZE]);

/* Becomes readable when the helper has died (net/loop watches it); -1 without one. */
int helper_fd(const struct helper *helper);
bool helper_is_gone(const struct helper *helper);

#endif
