/* cliops/cmd_send.h - `nextring send`: a text to the customer of a thread, as the business.
 *
 * Threads: one.
 */
#ifndef CLIOPS_CMD_SEND_H
#define CLIOPS_CMD_SEND_H

#include "cli/cli.h"

extern const struct cli_command cmd_send_command;

#endif
