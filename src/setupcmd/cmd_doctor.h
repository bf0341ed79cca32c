/* setupcmd/cmd_doctor.h - the subcommand doctor: what is wrong with a live set-up, why it matters
 * and how to mend it. The daemon is asked from inside, then the carrier, then ourselves from
 * outside.
 *
 * Threads: one.
 */
#ifndef SETUPCMD_CMD_DOCTOR_H
#define SETUPCMD_CMD_DOCTOR_H

#include "cli/cli.h"

extern const struct cli_command cmd_doctor_command;

#endif
