/* cli/cmd_job.h - `nextring job`: jobs, what happened to one, new ones, and the next move.
 *
 * Threads: one.
 * Source: docs/jobs.md.
 */
#ifndef CLI_CMD_JOB_H
#define CLI_CMD_JOB_H

#include "cli/cli.h"

extern const struct cli_command cmd_job_command;

#endif
