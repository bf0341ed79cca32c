/* service/runner.h - the helper's own side: the process that waits for slots and runs commands.
 *
 * A request is one packet: the slot's index, and two descriptors: a file that becomes the
 * command's stdin, and a packet socket for the answer, which is a runner_head and the output.
 * Each command has a process of its own that watches it, so that none waits for another.
 * Threads: one, in a process of its own.
 */
#ifndef SERVICE_RUNNER_H
#define SERVICE_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUNNER_AT_ONCE = 16, RUNNER_OUTPUT_BYTES = 64 * 1024, RUNNER_DESCRIPTORS = 2 };

struct runner_command {
    char **argv; /* ends in NULL */
    int deadline_ms;
};

enum runner_end { RUNNER_ENDED, RUNNER_LATE, RUNNER_NOT_STARTED, RUNNER_BUSY, RUNNER_UNKNOWN };

struct runner_head {
    enum runner_end end;
    int status; /* of waitpid; of RUNNER_NOT_STARTED, the system's error number */
    bool is_cut;
};

/* Serves requests that come over `socket`, until its other end is closed; ends the process. */
__attribute__((noreturn)) void runner_serve(int socket, const struct runner_command *commands,
                                            size_t count, char **environment);

#endif
