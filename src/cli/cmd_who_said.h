/* cli/cmd_who_said.h - what the running daemon knows beside the roster: what operators said of
 * themselves, and whose a job is.
 *
 * Threads: one.
 */
#ifndef CLI_CMD_WHO_SAID_H
#define CLI_CMD_WHO_SAID_H

#include <stdbool.h>

#include "cli/cli.h"
#include "model/facts.h"
#include "model/roster.h"

struct cmd_who_said {
    bool by_daemon;              /* it answered, and knows the tenant */
    const struct duties *duties; /* NULL without */
    const char *job_operator;    /* NULL without */
};

/* Asks it by its control socket. `job` may be NULL. Lives in the command's arena. */
void cmd_who_said_read(struct cli *cli, const struct roster *roster, const char *job,
                       struct cmd_who_said *out);

#endif
